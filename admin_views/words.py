"""Refusals of the administration in words 拒绝说明: what happened, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.standing import said
from admin_views.veils import veil
from documents.rules.broken import RuleBroken

REFUSALS: dict[str, Any] = {
    "absent": _l("您正在请假，由代办人办理；已返岗的，请先在“我的账户”中结束请假。"),
    # inspections
    "unknown_inspection": _l("没有找到这份检测报告。"),
    "unknown_check": _l("没有这个检测项目：%(check)s。"),
    "check_off_without_reason": _l("请写明停用“%(check)s”的理由，理由会写进检测报告。"),
    "share_out_of_range": _l("抽检比例须大于 0，不超过 100。"),
    # previews
    "not_rendered": _l("无法排版这份文书（%(reason)s）。请检查其中过长的文字后再试。"),
    # renaming
    "key_shared": _l("代码 %(key)s 既是字段又是明细表栏目，不能分开更名。请先在其中一处换用新的代码。"),
    "key_is_fixed": _l("代码 %(key)s 由系统使用，不能更名。"),
    # supplements
    "already_attached": _l("附加制度 %(key)s 已经附加过了。"),
    "hook_missing": _l("请为“%(hook)s”选择挂接的位置。"),
    "unknown_hook": _l("“%(hook)s”不能挂接在 %(choice)s，请重新选择。"),
    "only_tighter": _l("%(path)s：实施细则只能比条文规定的 %(stated)s 更严，不能放宽为 %(wanted)s。"),
    "bindings_refused": _l("%(count)s 处选择现在不可用（单位或人员刚有变动），什么都没有改。请重新选择。"),
    # drafts of policies
    "no_draft": _l("这项制度没有正在修改的草稿。请先点“修改”。"),
    "draft_exists": _l("这项制度已有正在修改的草稿，请先发布或放弃它。"),
    "policy_exists": _l("制度代码 %(key)s 已被使用，请换一个代码。"),
    "policy_key_is_fixed": _l("制度代码 %(key)s 不能更改。"),
    "nothing_to_undo": _l("没有可以撤销的修改。"),
    "nothing_to_redo": _l("没有可以重做的修改。"),
    "edited_meanwhile": _l("%(path)s 刚刚被他人改为“%(theirs)s”，您的修改没有保存。请核对后再改。"),
    "no_such_element": _l("%(path)s 已不存在，可能刚刚被他人移走。请刷新后再改。"),
    "key_taken": _l("代码 %(key)s 已被使用，请换一个。"),
    "bad_path": _l("看不懂要修改的位置 %(path)s。请刷新后再改。"),
    "bad_operation": _l("这项修改无法执行（%(reason)s）。请刷新后再改。"),
    "bad_value": _l("这个值不能写进制度（%(reason)s）。请改正后再试。"),
    "in_use": _l("“%(key)s”还在 %(count)s 处使用，没有删除。请先改掉下列引用，或改为停用。"),
    "holds_data": _l("“%(key)s”已有投诉填写过数据，不能删除。可以改为停用：不再供填写，已有内容照常显示。"),
    "unknown_pack": _l("没有这份随附的制度 %(pack)s，请重新选择。"),
    # units
    "unit_exists": _l("单位代码 %(unit)s 已被使用，请换一个代码。"),
    "bad_unit_code": _l("单位代码只能用大写字母、数字和短横，最长 24 位，例如 QH-CD。"),
    "unit_kind_unknown": _l("单位类型不存在，请重新选择。"),
    "unit_retired": _l("单位 %(unit)s 已停用，不能再选用。"),
    "retired_in_future": _l("生效日期不能晚于今天。"),
    "unit_already_retired": _l("单位 %(unit)s 早已停用。"),
    "unit_below_itself": _l("不能把单位移到自己或自己的下级之下。请选择其他上级单位。"),
    "unit_has_units": _l("该单位还有 %(count)s 个下级单位。请先移走或停用下级单位，再停用本单位。"),
    "unit_has_cases": _l("该单位还有 %(count)s 件未办结的投诉。请指定承接单位，再停用。"),
    "unit_has_people": _l("该单位还有 %(count)s 名在岗人员。请指定承接单位，或先调整他们的岗位。"),
    "successor_unfit": _l("承接单位不能是本单位，也不能是已停用的单位。"),
    "too_many_cases": _l(
        "这项变更涉及 %(count)s 件投诉，超过一次可变更的 %(most)s 件，没有执行。请联系技术支持分批处理。"
    ),
    "name_missing": _l("请填写名称。"),
    "unknown_unit": _l("没有找到单位 %(unit)s，请重新选择。"),
    # people
    "login_taken": _l("登录名 %(login)s 已被使用，请换一个。"),
    "bad_login": _l("登录名只能用小写字母、数字、点、短横和下划线，2 至 40 位。"),
    "unknown_role": _l("岗位角色 %(role)s 不存在，请重新选择。"),
    "unknown_person": _l("没有找到这名人员，请重新选择。"),
    "post_twice": _l("同一岗位填写了两次，请删去一行。"),
    "last_administrator": _l("这是最后一名在岗的系统管理员，不能停用或取消其岗位。请先指定另一名管理员。"),
    "not_your_own_factor": _l("不能重置自己的两步验证。请由另一名管理员操作。"),
    "sign_in_gone": _l("该设备已经退出登录。"),
    "no_factor": _l("此人没有启用两步验证，或已被重置。"),
    "factor_unreadable": _l("系统密钥已更换，原来的验证器不再有效。请联系管理员重置两步验证。"),
    "factor_not_begun": _l("设置已失效，请重新打开“启用两步验证”。"),
    "factor_exists": _l("两步验证已经启用。如需更换，请先停用现在的验证器。"),
    "code_wrong": _l("验证码不正确，或已经用过。"),
    "factor_locked": _l("连续输错次数过多，两步验证已锁定，须由管理员重置。"),
    "bad_idle": _l("“%(role)s”：闲置时长须在 %(least)s 至 %(most)s 分钟之间，没有保存。"),
    "bad_most": _l("“%(role)s”：登录时长须在 %(least)s 至 %(most)s 小时之间，没有保存。"),
    "not_yourself": _l("不能停用自己的账号。请由另一名管理员操作。"),
    "already_inactive": _l("该人员的账号早已停用。"),
    "already_active": _l("该人员的账号正在使用，无需恢复。"),
    "holds_open_cases": _l(
        "%(name)s 名下还有 %(count)s 件未办结的投诉。请选择接手人，或退回单位待分派，再停用。"
    ),
    "receiver_unfit": _l(
        "接手人须在岗，岗位看得到移交的每一件投诉，且不能是停用者或您本人。也可以退回各单位待分派。"
    ),
    "nobody_stands_in": _l(
        "投诉 %(number)s 中有岗位须回避，现由%(name)s代行，上级没有其他在任的人可接。"
        "请先在“单位”中为其上级指定负责人或分管领导，再试一次。"
    ),
    "receiver_recused": _l("接手人在投诉 %(number)s 中须回避，不能接手。请另选一人。"),
    "absence_ends_before_start": _l("请假的结束日期不能早于开始日期。"),
    "deputy_unfit": _l("代办人须为在岗人员，且不能是本人。"),
    "stand_in_unfit": _l(
        "代办人须在岗，岗位在请假人单位的上下级或同一上级之下；请假人看得到投诉的，代办人自己的岗位也要看得到。"
        "不能是请假人，也不能是替他登记的人。"
    ),
    "deputy_in_circle": _l("%(name)s在这段时间也请假，而且由本人代办，不能互相代办。请另选代办人。"),
    "unknown_absence": _l("这条请假记录已不存在，可能刚被取消。"),
    # calendars
    "calendar_key": _l("代码以小写字母开头，只含小写字母、数字、短横和下划线，最长 40 位。"),
    "calendar_taken": _l("代码 %(key)s 已被使用，请换一个。"),
    "unknown_calendar": _l("没有找到工作日历 %(calendar)s。"),
    "calendar_changed_meanwhile": _l("您查看期间，日历已被他人修改，没有保存。请重新核对后再提交。"),
    "calendar_in_use": _l(
        "日历“%(calendar)s”还在 %(count)s 处使用，没有删除。请先让下列制度和单位改用别的日历。"
    ),
    "calendar_counts_still": _l("还有在办投诉按日历“%(calendar)s”计时，没有删除。"),
    "calendar_without_work": _l("这样 %(year)s 年就没有一个工作日，没有保存。"),
    "calendar_change_runs": _l("这份日历的上一次变更还在逐件重算，完成后才能再改。"),
    "unknown_what_if": _l("这次预演已过期，请重新填写变更。"),
    "scope_without_day": _l("请选择适用范围；按收到日期适用时，请填写日期。"),
    "year_not_shipped": _l("随产品附带的放假安排只到 %(first)s–%(last)s 年。"),
    "calendar_invalid": _l("日历内容有误，没有保存：%(problem)s。"),
    "notice_unreadable": _l("没有从内容中认出放假安排，请核对年份和日期。%(problem)s"),
    "notice_other_year": _l("内容属于 %(found)s 年，而所选年份是 %(year)s 年。请核对。"),
    "nothing_changed": _l("内容与现行的相同，没有需要保存的变更。"),
    # policies
    "draft_has_problems": _l("草稿还有 %(count)s 处问题，改正之后才能推算期限。"),
    "policy_has_problems": _l("制度检查发现 %(count)s 处问题，没有发布。问题列在下方。"),
    "policy_changed_meanwhile": _l(
        "您修改期间，制度已发布第 %(version)s 版，没有覆盖。请在新版本上重新修改。"
    ),
    "changes_refused": _l("有 %(count)s 处变更不能发布，例如：%(what)s。%(why)s。请按提示改正后再发布。"),
    "scenario_fails": _l("%(count)s 个试行案例与预期不符（如“%(scenario)s”），没有发布。请改正制度或案例。"),
    "draft_changed_meanwhile": _l("您查看之后草稿又有修改，没有发布。请重新核对后再发布。"),
    "draft_is_behind": _l("期间已发布第 %(version)s 版。请先把草稿更新到该版本，再发布。"),
    "import_needs_second": _l("制度 %(policy)s 须双人复核，请导入草稿后由另一名管理员发布。"),
    "publisher_edited_last": _l("本制度须双人复核：最后修改草稿的人不能自己发布，请由另一名管理员发布。"),
    "limit_gone": _l("正在计时的时限 %(limit)s 在新版本中没有，案件留在原版本。"),
    "draft_has_changes": _l("%(by)s 正在修改这份草稿，没有覆盖。请先发布或放弃它。"),
    "move_is_running": _l("上一次在办案件迁移还在进行，请等它完成后再操作。"),
    "move_undone_before": _l("这次迁移已经撤回过，或本身就是撤回，不能再撤回。"),
    "unknown_move": _l("没有找到这次迁移，请刷新后再试。"),
    "bad_key": _l("代码 %(key)s 不合要求：以小写字母开头，只含小写字母、数字和下划线，最长 40 位。"),
    "unknown_option": _l("选项 %(key)s 已不存在，请刷新后重试。"),
    "label_missing": _l("每个选项都要有中文和英文名称。"),
    # clock, mail, duties
    "timer_not_set_aside": _l("这条提醒已不在搁置状态，可能已有人重试。请刷新查看。"),
    "message_not_dead": _l("这条消息已不在失败状态，可能已有人重发。请刷新查看。"),
    "message_not_waiting": _l("这条消息已经发出或撤销。请刷新查看。"),
    "cancel_without_reason": _l("请填写撤销的原因。"),
    # ways out
    "way_key": _l("代码以小写字母开头，只含小写字母、数字和短横，最长 40 位，例如 wecom-1。"),
    "way_taken": _l("代码 %(key)s 已被使用，请换一个。"),
    "way_kind": _l("没有这种出口，请重新选择。"),
    "way_name": _l("请填写名称。"),
    "way_url": _l("网址无法识别，请填写完整的 https 地址。"),
    "way_url_user": _l("网址里不要写用户名和密码，请改用令牌 {token}。"),
    "way_plain": _l("须用 https。确需不加密时，请在服务器设置 JUANZONG_HTTP_HOSTS 中加入主机 %(host)s。"),
    "way_secret_name": _l("密钥名称“%(name)s”不合要求：小写字母开头，只含小写字母、数字和下划线。"),
    "way_token_missing": _l("内容里用到了 {token}，请填写令牌的名称。"),
    "way_method": _l("请选择请求方法。"),
    "way_header": _l("请求头“%(name)s”不合要求，请每行写一个“名称: 值”。"),
    "way_body": _l("网址或请求内容里须有 {phone} 和 {text}。"),
    "way_body_long": _l("请求内容过长，最多 4000 字。"),
    "way_body_json": _l("请求内容以 { 开头，但不是有效的 JSON。{phone}、{text} 要写在引号里。"),
    "unknown_way": _l("没有找到这个出口，可能刚被删除。"),
    "test_without_address": _l("请填写接收测试消息的邮箱或手机号码。"),
    "unknown_duty": _l("没有找到这项任务。"),
    "duty_completed": _l("这项任务已登记完成。"),
    "duty_not_open": _l("这项任务已标为不适用或已取消，不能登记。请刷新查看。"),
    "duty_is_open": _l("这项任务尚未登记，没有可撤销的内容。请刷新查看。"),
    "duty_changed_meanwhile": _l("这项任务刚被他人更新，没有保存。请刷新后再试。"),
    "duty_done_by_paper": _l("这项任务由定稿的报告或移交包自动完成，不能在这里撤销。"),
    "not_head_of_duty": _l("只有本单位或上级单位的负责人可以决定本次不适用，或撤销该决定。"),
    "done_in_future": _l("完成时间不能晚于现在。"),
    "done_before_period": _l("完成时间早于这一期的首日 %(first)s，请核对日期。"),
    "not_your_duty": _l("只有承担该任务的岗位或单位负责人可以登记完成。"),
    "evidence_missing": _l("请填写完成情况说明，或上传凭据。"),
    "changed_meanwhile": _l("您操作期间，投诉 %(number)s 被他人更新，没有保存。请重试。"),
    "file_too_large": _l("文件 %(name)s 超过 %(most_mb)s MB。请压缩后再上传。"),
    "file_empty": _l("文件 %(name)s 是空的（0 字节）。请检查后重新上传。"),
    # archive, reports, year end
    "no_archiving_step": _l("制度没有规定这类事项的归档步骤。请联系系统管理员。"),
    "unknown_package": _l("没有找到这个移交包。"),
    "unknown_order": _l("没有找到这次导出，请重新导出。"),
    "export_outdated": _l("这份导出没有记下其中有哪些投诉，不能再取。请重新导出。"),
    "export_reads": _l("您的岗位或可看的级别已变，不能再取这份导出。请重新导出。"),
    "export_withheld": _l("其中有 %(count)s 件投诉现在保密或须您回避，不能再取这份导出。请重新导出。"),
    "report_withheld": _l("报告载明了您不能查看的投诉，不能取得这份文件。请由其他有权出具报告的人员办理。"),
    "section_withheld": _l("这一章节引用了您不能查看的投诉，不能改写。请由其他有权出具报告的人员办理。"),
    "unknown_figure": _l("报告中没有这个数字。"),
    "year_not_begun": _l("%(year)s 年度还没有开始。"),
    "numbers_missing": _l("下列编号去向不明，没有制作移交包：%(numbers)s。请从备份查找后重新检查。"),
    "package_not_checked": _l("请先检查完整性，再制作移交包。"),
    "package_in_work": _l("移交包正在制作，请等它完成。"),
    "package_given_away": _l("这个年度的移交包已经移交，须先登记接收方的意见，再更正和移交下一轮。"),
    "package_withheld": _l(
        "包内有 %(count)s 卷保密或须您回避，不能取得这个包。请由知悉名单上的另一名档案人员办理；"
        "制作以后才设为保密的，请重新检查、重新制作。"
    ),
    "package_register": _l(
        "包内的登记册或报告载有 %(count)s 件现在保密或须您回避的投诉，不能取得这个包。"
        "请由知悉名单上的另一名档案人员办理，或重新检查、重新制作。"
    ),
    "package_reads": _l("移交包含全部栏目，您的岗位不能看其中的个人信息或限制知悉内容，不能取得。"),
    "nothing_to_hand_over": _l("本年度已封存的案卷都已移交并被接收，没有需要再移交的案卷。"),
    "opinions_unreadable": _l("这不是核验程序写出的接收意见表，或意见栏不是“接收”“退回”。请用其 CSV 填写。"),
    "opinion_without_reason": _l("没有登记：退回 %(numbers)s 须写明原因。"),
    "opinion_on_another_volume": _l("没有登记：%(numbers)s 不在这一轮移交的案卷中。"),
    "receipt_unreadable": _l("没有导入：回执须为 PDF、PNG 或 JPEG，且不超过 %(most_mb)s MB。"),
    "package_not_ready": _l("移交包还没有制成，不能登记移交。"),
    "receiver_missing": _l("没有登记：请填写接收单位和接收人。"),
    "package_not_handed_over": _l("还没有登记移交，不能导入核验结果。"),
    "result_unreadable": _l("这不是核验程序写出的结果文件。请导入 verifier.py --result 生成的 JSON。"),
    "result_of_another_package": _l("这是另一个移交包（%(found)s）的核验结果，本移交包是 %(package)s。"),
    # holds
    "hold_without_reason": _l("没有冻结：请写明理由和依据文件。"),
    "hold_without_cases": _l("没有冻结：请填写投诉编号或档号。"),
    "hold_review_day": _l("复核日须在明天至一年之内。"),
    "hold_numbers_unknown": _l("没有冻结：下列编号找不到，或不在您的管理范围内：%(numbers)s。"),
    "hold_too_many": _l("没有冻结：一次最多 %(most)s 件。"),
    "hold_lifted_before": _l("这项冻结已经解除。"),
    "unknown_hold": _l("没有找到这项冻结。"),
    "withheld_from_you": _l(
        "没有执行：其中有您须回避、不在知悉名单上或不归您保管的投诉。请由能办理其中全部投诉的另一名档案人员办理。"
    ),
    "withheld_from_all": _l(
        "没有执行：其中有您须回避、不在知悉名单上或不归您保管的投诉，现在也没有别的档案人员能办理其中全部投诉。"
        "请系统管理员在“人员”页给一位不须回避的人员分派有归档权限的岗位；保密的投诉，再由知悉名单上的人把他列入名单。"
    ),
    "reason_missing": _l("请写明理由。"),
    "nothing_masked": _l("没有可以查看完整内容的栏目。"),
    # lending
    "purpose_missing": _l("请写明用途。"),
    "loan_until": _l("“阅至”须在今天至 %(days)s 天之内。"),
    "no_parts_chosen": _l("请至少选择一类材料。"),
    "not_your_own_loan": _l("不能批准自己的借阅申请，请由另一名档案人员办理。"),
    "unknown_loan": _l("没有找到这份借阅单。"),
    "loan_moved_on": _l("借阅单 %(loan)s 的状态已变，没有执行。请刷新查看。"),
    "loan_over": _l("这份阅览件已不能打开（阅至 %(until)s）。如仍需要，请重新申请。"),
    # destruction lists
    "no_volumes_chosen": _l("请先勾选案卷。"),
    "list_too_long": _l("一份清册最多 %(most)s 卷，请分几份。"),
    "unknown_volumes": _l("没有列入：找不到案卷 %(volumes)s，或它已销毁。"),
    "volume_listed": _l("没有列入：%(volume)s 已在清册 %(list)s 上。"),
    "volume_blocked": _l("没有列入：%(volumes)s 现在不能处置，原因见“不得销毁的情形”。"),
    "unknown_list": _l("没有找到这份清册。"),
    "not_on_list": _l("%(volume)s 不在这份清册上。"),
    "decision_missing": _l("请选择鉴定意见。"),
    "longer_by_years": _l("请填写延长的年数，1 至 %(most)s。"),
    "lines_undecided": _l("还有 %(count)s 卷没有鉴定意见，不能提交。"),
    "released_by_you": _l("您已批准过，另一人批准后才生效。"),
    "list_moved_on": _l("清册 %(list)s 的状态已变，没有执行。请刷新查看。"),
    "destruction_waits": _l("等待期未满，还不能执行。"),
    "witnesses_missing": _l("请填写两名不同的监销人。"),
    "day_missing": _l("请填写日期。"),
    # filing
    "second_person_needed": _l("立卷人不能检查自己立的卷，请由另一位有权归档的人员办理。"),
    "case_handed_over": _l("这件投诉已移送归档室，正在制卷，此时不能更改。封存后收到的材料可归入补充卷。"),
    "retention_without_reason": _l("没有改：鉴定为%(chosen)s，与提议的%(proposed)s不同，请写明理由。"),
    "unknown_retention": _l("保管期限表中没有 %(retention)s，请重新选择。"),
    "unknown_batch": _l("没有找到这个批次。"),
    "in_another_batch": _l("%(number)s 已在另一个归档批次中。"),
    "not_closed": _l("%(number)s 尚未办结，或已经归档。"),
    "not_your_batch": _l("这个批次由%(name)s立卷，鉴定与组卷由立卷人办理。"),
    "batch_submitted": _l("批次已提交检查。如需修改，请先撤回。"),
    "batch_not_submitted": _l("批次不在等待检查的状态，可能刚被撤回或处理，请刷新查看。"),
    "batch_changed_meanwhile": _l("批次刚被他人处理，请刷新查看。"),
    "batch_empty": _l("批次里没有案件。"),
    "batch_not_checked": _l("预检还没有完成，请稍候再提交。"),
    "batch_has_problems": _l("%(count)s 件有须先处理的问题（%(numbers)s）。请处理后重新预检，或移出批次。"),
    "not_set_aside": _l("%(number)s 没有制卷未成功的案卷，请刷新查看。"),
    "nothing_new": _l("%(number)s 没有新的补充材料。"),
    "not_sealed": _l("%(number)s 尚未封存，材料请在案件页办理时上传。"),
    "papers_missing": _l("请先选择要补充的文件。"),
    "form_incomplete": _l("归档表单按本批所填不能用于本件，请在案件页单独归档。"),
    "unknown_form": _l("本批次的案件不填这份表单，可能已移出或换了制度版本。"),
    "condition_not_met": _l("归档的条件还不具备，请在案件页查看。"),
    "letters_not_rendered": _l("函件的 PDF 还在生成，请稍后再归档。"),
    "letter_not_waiting": _l("这份函件已有 PDF 或已不再等待生成，请刷新后查看。"),
    "not_your_role": _l("这一步由档案室的档案管理员或受理部门负责人办理，您的岗位不能归档此件。"),
    "wrong_stage": _l("此件当前环节不能归档，可能刚被他人处理，请刷新查看。"),
    "recused": _l("您在此件中须回避。"),
    "unknown_case": _l("没有找到这件投诉，请刷新列表。"),
    "report_frozen": _l("报告已定稿，不能再改。"),
    "report_changed_meanwhile": _l("您编辑期间，报告已被他人更改，没有保存。请核对后重新保存。"),
    "section_empty": _l("下列章节还是空白，没有定稿：%(sections)s。"),
    "period_not_begun": _l("统计期间从 %(first)s 开始，现在还没有可统计的内容。"),
    "text_too_long": _l("“%(section)s”最多 %(max)s 字，现有 %(length)s 字。请删减后再保存。"),
    "unknown_key": _l("制度中没有这一项，请刷新后重试。"),
    "operation_not_granted": _l("您的岗位没有这项权限，请联系系统管理员。"),
    "outside_scope": _l("这个单位不在您的管理范围内。"),
    "register_too_long": _l("登记册超过 %(most)s 条，请改用 XLSX 或 XML 格式导出。"),
}
NOT_FOUND = frozenset(
    {
        *("unknown_package", "unknown_order", "unknown_figure", "unknown_calendar", "unknown_duty"),
        *("unknown_hold", "unknown_list", "unknown_loan", "unknown_inspection"),
    }
)


# These name a case that the person did not: one of which he may not know by its mark.
NAMING = frozenset({"receiver_recused", "nobody_stands_in", "numbers_missing"})


class Refusal(NamedTuple):
    """A refusal as a page shows it."""

    message: str
    status: int


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


def refusal(error: RuleBroken) -> Refusal:
    """The words and the status of a refusal; a code without words is shown, never hidden."""
    words = REFUSALS.get(error.code)
    message = (
        str(words) % _filled(error.facts) if words else str(_("规则不允许这样做（%(code)s）。", code=error))
    )
    if error.code in NAMING:
        message = veil(message)
    return Refusal(message, 404 if error.code in NOT_FOUND else 409)


def _filled(facts: Mapping[str, Any]) -> dict[str, Any]:
    return _Facts({name: said(one) if isinstance(one, Mapping) else one for name, one in facts.items()})
