// The few sentences that scripts say themselves, in both languages of the portal.
const WORDS = {
  zh: {
    saving: "正在保存草稿…",
    saved: "草稿已保存 {time}",
    notSaved: "草稿没有保存：网络中断。内容仍在本页。",
    signedOut: "登录已过期。内容仍在本页，提交时会请您重新登录。",
    tooLarge: "{name} 有 {size} MB，超过 {most} MB 的上限。请压缩、拆分，或换成较小的文件。",
    emptyFile: "{name} 是空文件（0 字节）。请检查后重新选择。",
    uploadBroken: "{name} 没有上传成功：网络中断。请移除后重新选择。",
    uploading: "正在上传",
    signing: "正在保存签名…",
    signed: "签名已保存",
    signHere: "请在框内书写",
    signBroken: "签名没有保存：网络中断。请再写一笔，或在上方输入姓名。",
    remove: "移除附件 {name}",
    stillUploading: "附件还在上传，请稍候。",
    choose: "请选择",
    type: "输入文字筛选",
    nothing: "没有匹配的选项",
    left: "还可输入 {count} 字",
    over: "超出 {count} 字",
    copied: "已复制",
    mostRows: "最多 {most} 行",
    yes: "是",
    no: "否",
    designerSaving: "正在保存…",
    designerSaved: "已保存 {time}",
    designerOffline: "没有保存：网络中断，正在重试。内容仍在本页。",
    designerRefused: "没有保存，请看提示。",
    designerSignedOut: "登录已过期。请在新标签页登录，这里会自动继续保存。",
    designerOthers: "他人刚刚修改了草稿，页面已更新。",
    designerWhole: "请填写整数，例如 7。",
    designerNumber: "请填写数字，例如 0.5。",
    designerJson: "内容写得不完整，请核对括号、引号和逗号。",
    designerHowMany: "请填写数量，例如 2。",
    hours: "{hours} 小时",
    minutes: "{minutes} 分钟",
    mostFiles: "最多上传 {most} 个附件。请先移除一个。",
    totalTooLarge: "附件合计超过 {most} MB 的上限。请压缩或移除部分附件。",
    wrongEnding: "{name} 的类型不在允许之列（{accept}）。请转换格式后重传。",
    designerAdded: "已加入：{name}",
    designerMoved: "已移动：{name}",
    designerEnd: "已经到头了",
    designerSection: "新分组",
    designerNoRows: "这个条件较复杂，只能写成表达式。",
    designerAddRow: "添加一条",
    designerRemoveRow: "删除这一条",
    designerJoint: "各条之间的关系",
    designerAll: "各条都要满足（且）",
    designerAny: "满足任一条即可（或）",
    designerField: "字段",
    designerComparison: "比较",
    designerValue: "值",
  },
  en: {
    saving: "Saving draft…",
    saved: "Draft saved {time}",
    notSaved: "The draft was not saved: no network. Your words are still on this page.",
    signedOut: "Your sign-in has expired. Your words are still on this page; you will be asked to sign in when you submit.",
    tooLarge: "{name} has {size} MB, more than the {most} MB allowed. Please compress or split it, or choose a smaller file.",
    emptyFile: "{name} is empty (0 bytes). Please check it and choose again.",
    uploadBroken: "{name} was not uploaded: no network. Please remove it and choose again.",
    uploading: "Uploading",
    signing: "Saving the signature…",
    signed: "Signature saved",
    signHere: "Please write inside the frame",
    signBroken: "The signature was not saved: no network. Please draw one more stroke, or type the name above.",
    remove: "Remove attachment {name}",
    stillUploading: "An attachment is still being uploaded. Please wait a moment.",
    choose: "Please choose",
    type: "Type to filter",
    nothing: "Nothing matches",
    left: "{count} characters left",
    over: "{count} characters too many",
    copied: "Copied",
    mostRows: "At most {most} rows",
    yes: "Yes",
    no: "No",
    designerSaving: "Saving…",
    designerSaved: "Saved {time}",
    designerOffline: "Not saved: no network, trying again. Your words are still on this page.",
    designerRefused: "Not saved, see the note.",
    designerSignedOut: "Your sign-in has expired. Sign in in another tab; saving goes on here by itself.",
    designerOthers: "Somebody else just changed the draft; the page is up to date.",
    designerWhole: "Please give a whole number, such as 7.",
    designerNumber: "Please give a number, such as 0.5.",
    designerJson: "This is not complete: check brackets, quotes and commas.",
    designerHowMany: "Please say how many, such as 2.",
    hours: "{hours} h",
    minutes: "{minutes} min",
    mostFiles: "At most {most} files may be attached. Please remove one first.",
    totalTooLarge: "The files have more than the {most} MB allowed in all. Please compress or remove some.",
    wrongEnding: "{name} is not of a type that is allowed here ({accept}). Please convert it and upload it again.",
    designerAdded: "Added: {name}",
    designerMoved: "Moved: {name}",
    designerEnd: "There is no further way",
    designerSection: "new section",
    designerNoRows: "This condition is more than rows; it can only be written.",
    designerAddRow: "Add a row",
    designerRemoveRow: "Remove this row",
    designerJoint: "How the rows go together",
    designerAll: "All rows must hold (and)",
    designerAny: "One row suffices (or)",
    designerField: "Field",
    designerComparison: "Comparison",
    designerValue: "Value",
  },
};

export function say(key, facts = {}) {
  const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => String(facts[name]));
}

export function toast(text) {
  const box = document.createElement("div");
  box.className = "toast";
  box.textContent = text;
  document.querySelector(".toasts").append(box);
  setTimeout(() => box.remove(), 3500);
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", new URL(`../img/icons.svg#${name}`, import.meta.url).href);
  svg.append(use);
  return svg;
}

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function token(form) {
  return form.querySelector('input[name="csrf_token"]')?.value ?? "";
}

export function later(wait, act) {
  let waiting;
  return (...given) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => act(...given), wait);
  };
}

// A suggestion that cannot be fetched is no error: without a network nothing is suggested.
export async function ask(address, type) {
  try {
    return await fetch(address, { headers: { Accept: type }, redirect: "manual" });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
