"""What is wrong with what was told about families and needs, and what to do: (Chinese, English)."""

from web.label_words import Pair

PEOPLE_PROBLEMS: dict[str, Pair] = {
    # words and numbers
    "money_required": ("请写需要多少元，不确定就写估计的数", "Write how many yuan are needed; an estimate will do"),
    "not_negative": ("请写 0 或更大的整数", "Write a whole number of 0 or more"),
    "urgency_range": ("紧急程度请选 1 到 5", "Choose an urgency from 1 to 5"),
    "size_range": ("家里人数请写 1 到 {most}", "Write 1 to {most} people"),
    "months_range": ("请写 0 到 720 个月", "Write 0 to 720 months"),
    "place_unknown": (
        "不认识这个地区，请从列出的县（市）区里选",
        "This place is not known; choose one of those listed",
    ),
    # days
    "date_future": ("这一天还没到，请改成今天或以前", "That day has not come; choose today or earlier"),
    "date_far": ("这一天在 {years} 年以后，请核对年份", "That is more than {years} years ahead; check the year"),
    "deadline_before_created": ("早于提出需求的日期，请核对", "This lies before the day the need was told; check it"),
    # resident numbers
    "id_length": (
        "身份证号应是 18 位，现在是 {length} 位，请核对",
        "A resident number has 18 characters, this has {length}",
    ),
    "id_characters": (
        "身份证号只有数字，最后一位可以是 X，请核对",
        "A resident number has digits only, the last may be X; check it",
    ),
    "id_date": (
        "身份证号里的出生日期不对（第 7 到 14 位），请核对",
        "The date of birth in it (characters 7 to 14) is wrong",
    ),
    "id_check": (
        "身份证号的最后一位对不上，多半有一位写错了，请核对",
        "The last character does not fit; one digit is likely wrong",
    ),
    "id_number_form": (
        "Excel 把身份证号当成了数字，末几位已经丢失：请把这一列设为“文本”再填",
        "Excel took the resident number for a number and lost its last digits: set the column to text and write it again",
    ),
    "id_for_real_name": ("已实名核验的，请填身份证号", "For a verified name, write the resident number"),
    "id_differs_from_registered": (
        "和登记这户时写的身份证号不一样，请核对是不是同一位",
        "This differs from the number the family was registered with; check whether it is the same person",
    ),
    "id_on_file_here": (
        "这位已经在档，编号 {case_code}：请直接在那份档案里登记需求",
        "This person is on file already as {case_code}: register the need there",
    ),
    "id_on_file_elsewhere": (
        "这位已经在别的单位建档：请先和上级工会核对，不要重复建档",
        "This person is on file with another unit already: check with the union above before starting a second file",
    ),
    "id_twice_in_file": (
        "这个身份证号在文件里出现了不止一次，请只留一行",
        "This number stands in the file more than once; keep one row",
    ),
    # accounts and phones
    "card_characters": ("银行卡号请只写数字，10 到 32 位", "Write the account number in digits, 10 to 32 of them"),
    "card_number_form": (
        "Excel 把卡号当成了数字，末几位已经丢失：请把这一列设为“文本”再填",
        "Excel took the account number for a number and lost its last digits: set the column to text and write it again",
    ),
    "payout_for_card": ("填了卡号，请选银行卡或存折", "With an account number, choose bank card or passbook"),
    "phone_form": (
        "请写 11 位手机号，或带区号的座机，例如 0391-1234567",
        "Write an 11-digit mobile number, or a landline with its area code",
    ),
    # files of families
    "name_has_digits": ("姓名里有数字，请核对", "There are digits in the name; check it"),
    "class_for_file": ("已建档的请选困难类别", "For a file, choose the class of hardship"),
    "file_date_without_file": ("填了建档日期，请选“已建档”", "With a date of the file, choose that there is a file"),
    "case_code_taken": (
        "这个编号已经用了，请换一个，或留空由系统编号",
        "This code is in use; choose another or leave it blank",
    ),
    "case_code_unknown": (
        "没有这个户编号：请先登记这户人家，或核对编号（例如 武陟-0418）",
        "There is no family with this code: register the family first, or check the code",
    ),
    "case_code_required": ("请填户编号，例如 武陟-0418", "Write the family's case code"),
    # needs that others count on
    "below_promised": (
        "已经承诺了 {promised} {unit}，不能改得更少",
        "{promised} {unit} are promised; it cannot be less",
    ),
    "unit_promised": (
        "已经承诺了 {promised} {unit}，单位不能再改",
        "{promised} {unit} are promised; the unit must stay",
    ),
    # files as a whole
    "too_many_rows": (
        "文件有 {found} 行，一次最多 {limit} 行，请分成几个文件",
        "The file has {found} rows, at most {limit} at once: split it",
    ),
    "file_too_heavy": (
        "这个表格展开后太大，没有读完：请删掉空白的格式行和其他工作表，或另存为 CSV",
        "Unpacked, this spreadsheet is too large: delete empty formatted rows and other sheets, or save it as CSV",
    ),
    "file_type": ("请选 XLSX 或 CSV 文件", "Choose an XLSX or CSV file"),
    "file_required": ("请先选一个文件", "Choose a file first"),
    "too_many_files": (
        "一次最多导出 {limit} 份档案，请由下级单位分别导出",
        "At most {limit} files go out at once; let the unions below export theirs",
    ),
    "preview_gone": (
        "这次预览已经过期，上传的内容已删除：请重新上传",
        "This preview has expired and the upload was deleted: upload it again",
    ),
    # rows of files
    "unit_unknown": (
        "没有这个单位，或不归您管：请写单位名称，或留空",
        "No such unit in your reach: write its name or leave it blank",
    ),
    "no_such_unit": ("没有代码是 {unit} 的单位，请核对", "There is no unit with the code {unit}; check it"),
    "donor_unknown": (
        "没有这个爱心单位：请先登记这家单位，或核对名称",
        "There is no such donor: register it first, or check the name",
    ),
    "unknown_cause": ("没有这种致困原因：请写 1 到 12，或原因的名称", "No such cause: write 1 to 12, or its name"),
    "known_differs": (
        "已经登记过，这次写的不一样，没有改动：要改请到这一项的页面",
        "It is there already and says something else; nothing was changed: edit it on its page",
    ),
    # odd but accepted
    "id_area": ("身份证号的地区码不常见，请再看一眼", "The area code in the resident number is unusual; look again"),
    "id_first_generation": (
        "这是 15 位的老身份证号，已换成 18 位",
        "This was a 15-digit number of the first generation; it is kept in its 18-character form",
    ),
    "card_luhn": (
        "卡号的校验位对不上；存折号可以不管，银行卡请再核对",
        "The card's check digit does not fit; ignore this for a passbook",
    ),
}
