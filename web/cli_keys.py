"""`nuanliu keys status | rotate`: which keys the data needs, and sealing it anew under the first one."""

import json

import typer

from web.cli_words import say, table

JSON = typer.Option(False, "--json", help=say("输出 JSON", "print JSON"))


def register(app: typer.Typer) -> None:
    keys = typer.Typer(help=say("加密密钥：谁还在用、换新的。", "Encryption keys: which are in use, change them."), no_args_is_help=True)  # fmt: skip
    keys.command("status", help=say("数据里用着哪些密钥。", "Which keys the data needs."))(status)
    keys.command(
        "rotate",
        help=say(
            "用 NUANLIU_ENCRYPTION_KEYS 里的第一把重新加密全部数据，网页和任务照常。",
            "Seal all data anew under the first of NUANLIU_ENCRYPTION_KEYS, while pages and tasks go on.",
        ),
    )(rotate)
    app.add_typer(keys, name="keys")


def status(as_json: bool = JSON) -> None:
    from matcher.store.crypto import Keyring
    from matcher.usecases import operations
    from web.cli_serve import _ready_settings

    settings = _ready_settings()
    ring = Keyring.parse(settings.encryption_keys.get_secret_value())
    found = operations.key_uses(settings=settings)
    needed = sorted({use.key_id for use in found})
    idle = [key_id for key_id in ring.keys if key_id not in needed and key_id != ring.current]
    if as_json:
        rows = [{"table": use.table, "key_id": use.key_id, "values": use.values} for use in found]
        print(json.dumps({"current": ring.current, "needed": needed, "idle": idle, "uses": rows}))
        return
    heads = (say("表", "table"), say("密钥", "key"), say("值", "values"))
    print(table(heads, [(use.table, use.key_id, f"{use.values:,}") for use in found]))
    print(say(f"现在用 {ring.current} 加密。", f"{ring.current} seals now."))
    if old := [key_id for key_id in needed if key_id != ring.current]:
        names = ", ".join(old)
        print(say(f"还离不开 {names}；运行 nuanliu keys rotate 换掉。", f"{names} still needed; nuanliu keys rotate changes that."))  # fmt: skip
    if idle:
        names = ", ".join(idle)
        print(say(f"数据不再需要 {names}。留痕里的旧记录还要用它核对：把它移到 NUANLIU_AUDIT_KEYS。",
                  f"The data needs {names} no more. Older entries of the trail do: move it to NUANLIU_AUDIT_KEYS."))  # fmt: skip


def rotate(as_json: bool = JSON) -> None:
    from matcher import clock
    from matcher.usecases import operations
    from web.cli_serve import _ready_settings

    settings = _ready_settings()
    changed = operations.rotate_keys(settings=settings, now=clock.now())
    left = sorted({use.key_id for use in operations.key_uses(settings=settings)})
    if as_json:
        print(json.dumps({"changed": changed, "needed": left}))
        return
    for name, rows in changed.items():
        print(f"{name}  {rows:,}")
    total = f"{sum(changed.values()):,}"
    print(say(f"换了 {total} 行。数据现在需要的密钥：{', '.join(left)}。", f"{total} rows changed. Keys the data needs now: {', '.join(left)}."))  # fmt: skip
