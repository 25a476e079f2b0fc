export { type PromptTemplate, promptTemplate } from "./prompt-template.js";
export { renderParams } from "./render-params.js";
export type { TemplateValue, TemplateValues } from "./template-value.js";
export type { RenderArguments, TemplateVariables, ValuesOf } from "./template-variables.js";
