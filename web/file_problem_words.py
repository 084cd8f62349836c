"""What is wrong in a hardship file and what to do: (Chinese, English). `REFUSALS` are whole steps that must wait."""

from web.file_label_words import Pair

FILE_PROBLEMS: dict[str, Pair] = {
    # fields
    "main_cause_again": (
        "主要原因已经选过，这里选别的，或者不选",
        "That is the main cause already; choose others or none",
    ),
    "override_without_reason": (
        "改了系统算出的类别，请写明理由和依据",
        "The class differs from the computed one: say why, and on what grounds",
    ),
    "compensation_without_accident": (
        "写了赔付，请先写意外或灾害的损失",
        "There is compensation but no loss; write the loss first",
    ),
    "aid_without_aided": ("写了低保金，请选“已享受低保”", "There is an allowance; choose that the family is aided"),
    "ends_before_start": ("截止日期早于开始日期，请核对", "Ends before it begins; check the dates"),
    "member_needs_name": ("请写这位家人的姓名，或把这一行清空", "Write this person's name, or empty the row"),
    "member_needs_relation": ("请选这位家人和户主的关系", "Choose how this person is related to the head"),
    "member_twice": (
        "这个身份证号在家庭成员里写了两次，请只留一位",
        "This number stands twice among the members; keep one",
    ),
    "born_range": (
        "出生日期不对：不能晚于今天，也不能早于 {most} 年前，请核对年份",
        "The date of birth cannot lie ahead or more than {most} years back; check the year",
    ),
    "born_differs": (
        "出生日期和身份证号里的不一样，请改成一致",
        "The date of birth differs from the one in the resident number; make them agree",
    ),
    "not_money": (
        "请写金额，单位元，最多到分，例如 12000 或 350.50",
        "Write an amount in yuan, cents at most, for example 12000 or 350.50",
    ),
    "money_negative": ("金额不能小于 0：没有就写 0 或留空", "An amount cannot be below 0: write 0 or leave it blank"),
    "whole_range": ("请写 0 到 {most} 的整数", "Write a whole number from 0 to {most}"),
    "too_many_choices": ("最多选 {most} 项，请去掉几项", "At most {most}; take some away"),
    "class_none": (
        "按现行标准算下来不够条件。收入支出写漏了请补上；确有特殊情况，请选类别并写明理由",
        "By the present rules the conditions are not met. Add what was left out; in a special case choose a class and say why",
    ),
    "choose_other_tier": ("请选要转到的层次", "Choose the tier it goes to"),
    "tier_needs_file": (
        "这户没有在档，不能转到困难职工帮扶；请先建档",
        "The family is not on file, so it cannot go there; make the file first",
    ),
    "choose_tier_reason": ("请选为什么转", "Choose the reason"),
    "say_what_was_seen": ("请写走访时看到什么，例如收入、病情", "Write what was seen, for example income or illness"),
    # papers
    "papers_needed": (
        "还缺材料：申请书、身份证或户口本、核对授权书都要上传",
        "Papers are missing: application, identity card or household register, and signed authorisation",
    ),
    "paper_empty": ("这个文件是空的，请重新选择", "This file is empty; choose another one"),
    "paper_too_large": (
        "文件有 {mb} MB，最多 {most} MB：请降低扫描分辨率，或分几页上传",
        "The file has {mb} MB, at most {most} MB: scan at a lower resolution, or page by page",
    ),
    "paper_kind": ("只收 PDF、JPG 和 PNG，请另存为其中一种", "Only PDF, JPG and PNG are taken; save it as one of them"),
    "paper_lies": (
        "文件内容不是 .{ending}，或者不完整：请重新扫描或导出后再传",
        "The content is not a .{ending} file, or it is incomplete: scan or export it again",
    ),
    "paper_active": (
        "这个 PDF 里带有程序或附件，不能收：请打印成普通 PDF 再传",
        "This PDF carries a script or an attachment: print it to a plain PDF",
    ),
    "choose_paper_kind": ("请选这是哪一种材料", "Choose what kind of paper this is"),
    "papers_full": ("一份档案最多 {most} 份材料，请合并后再传", "At most {most} papers a file; join some of them"),
    # reviews
    "choose_return_reason": ("请选退回的理由", "Choose why it is sent back"),
    "choose_check_result": ("请选核对结果", "Choose what the check brought"),
    "national_number_needed": (
        "请写全国系统里的档案编号；没有编号，不能定为全国级",
        "Write the file number of the national system; without one a file is not at national level",
    ),
    "national_number_form": (
        "全国级档案编号应是 6 到 40 位数字、字母，请照系统里的写",
        "The national number has 6 to 40 digits or letters; write it as the system shows it",
    ),
    "national_date_needed": ("请写全国系统里的建档日期", "Write the date of filing in the national system"),
    "only_local_rule": (
        "这户只符合本地放宽的标准，不能定为全国级",
        "This household only meets the wider local rule; it cannot be at national level",
    ),
    "not_six_months_above": (
        "脱困要最近连续 {months} 个月、每月人均收入都高于 {line} 元：请逐月写全家收入；不够的可以续档或解困",
        "Leaving takes {months} months in a row above {line} yuan a head: write the income of each month, or keep the file",
    ),
    "choose_leave_reason": ("请选退档原因", "Choose why the file is withdrawn"),
    "say_what_was_heard": ("请写回访了解到的情况", "Write what the call brought"),
    "choose_decision": ("请选是同一户，还是不是同一户", "Choose whether they are the same household"),
    # visits and objections
    "visit_needs_who_was_met": ("请写见到了谁", "Write who was met"),
    "visit_needs_living_seen": ("请写看到的生活状况", "Write how the family lives"),
    "visit_needs_needs": (
        "请写这户人家需要什么；没有需要，就写“暂无”",
        "Write what the family needs, or that it needs nothing",
    ),
    "visit_before_submitted": (
        "入户日期早于提交日期，请核对",
        "The visit lies before the file was sent in; check the date",
    ),
    "objection_too_short": ("请把情况写清楚一些，至少 10 个字", "Please say a little more, at least 10 characters"),
    "choose_verdict": ("请选成立还是不成立", "Choose whether it holds"),
    "say_what_was_found": ("请写查明的情况", "Write what was found"),
}

REFUSALS: dict[str, tuple[Pair, Pair]] = {
    "made_it": (
        ("自己填的档案要由别人审", "Somebody else must review this file"),
        (
            "您填写过这份档案，审核要由另一位同事来做。什么也没有改动。",
            "You filled in a part of it, so a colleague has to review it. Nothing was changed.",
        ),
    ),
    "own_file": (
        ("自己家的档案不能自己办", "Nobody acts on their own family's file"),
        ("请交给同事办理。什么也没有改动。", "Please hand it to a colleague. Nothing was changed."),
    ),
    "other_level": (
        ("同一份档案只能在一级办理", "One person, one level"),
        (
            "您已经在另一级办过这份档案，这一级要由别人来办。什么也没有改动。",
            "You acted on this file at another level already, so this one is for somebody else. Nothing was changed.",
        ),
    ),
    "second_person": (
        ("入户要两个人", "A visit takes two"),
        (
            "先由一位入户的同事写下记录，再由另一位签认。什么也没有改动。",
            "One visitor writes the record, another one signs it. Nothing was changed.",
        ),
    ),
    "wrong_unit": (
        ("这一级不归您的单位办", "This level belongs to another union"),
        ("基层、县级、市级各办各的一级。什么也没有改动。", "Each level is done by its own union. Nothing was changed."),
    ),
    "duplicate_open": (
        ("有号码和别的档案相同，等上级认定", "A number is in another file too"),
        (
            "同一个号码只能有一份档案。上级认定以后就能接着办，什么也没有丢。",
            "One person has one file. It goes on when the union above has decided; nothing is lost.",
        ),
    ),
    "notice_running": (
        ("公示期还没有满", "The public notice still stands"),
        (
            "公示期满的第二天起才能复核通过。什么也没有改动。",
            "It can be passed from the day after. Nothing was changed.",
        ),
    ),
    "objection_open": (
        ("还有异议没有查明", "An objection is still open"),
        (
            "每一条异议都有答复以后才能通过。什么也没有改动。",
            "It can be passed when each one is answered. Nothing was changed.",
        ),
    ),
    "many_requests": (
        ("这户等答复的申请已经很多", "Very many requests of this family are waiting"),
        (
            "请等前面的答复，或者请工会一并办。什么也没有改动。",
            "Please wait for the answers, or ask the union to deal with all of them. Nothing was changed.",
        ),
    ),
    "not_this_answerer": (
        ("请别的同事来答复", "A colleague must answer this one"),
        (
            "自己代提的申请，和自己办过的人工复核，要由没有经手的人答复。什么也没有改动。",
            "What one filed oneself, or a second look at what one decided, is answered by somebody else. Nothing was changed.",
        ),
    ),
    "many_objections": (
        ("这份公示的异议已经很多", "There are many objections already"),
        ("正在调查，请改为电话联系公示单位。", "They are being looked into; please phone the union instead."),
    ),
}
