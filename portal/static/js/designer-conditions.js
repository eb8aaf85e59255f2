export function startConditionEditors() {}
