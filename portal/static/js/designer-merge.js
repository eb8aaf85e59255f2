export function startMergeFields() {}
