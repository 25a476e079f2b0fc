import { cleanText } from "./clean-text.js";
import { escapeMarkup } from "./escape-markup.js";
import { fitText } from "./text-width.js";

/** A table as text, the first cell of each row its heading. */
export interface HtmlTable {
  readonly caption: string;
  readonly columns: readonly HtmlColumn[];
  readonly rows: readonly (readonly string[])[];
}

export interface HtmlColumn {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** Characters of a row's name, which stays on one line, and of other cells. */
const widestName = 36;
const widestText = 240;

/** A table that a screen reader can walk: caption, column and row headings; every cell escaped. */
export function htmlTable({ caption, columns, rows }: HtmlTable): string {
  const heads = columns.map((column) => `<th scope="col"${look(column)}>${escapeMarkup(column.title)}</th>`).join("");
  const body = rows.map((cells) => `<tr>${columns.map((column, index) => cell(column, index, cells)).join("")}</tr>`);
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(caption)}"><table>`,
    `<caption>${escapeMarkup(caption)}</caption>`,
    `<thead><tr>${heads}</tr></thead>`,
    `<tbody>`,
    ...body,
    "</tbody></table></div>",
  ].join("\n");
}

function cell(column: HtmlColumn, index: number, cells: readonly string[]): string {
  const text = escapeMarkup(fitText(cleanText(cells[index] ?? ""), index === 0 ? widestName : widestText));
  return index === 0 ? `<th scope="row">${text}</th>` : `<td${look(column)}>${text}</td>`;
}

function look({ isNumber }: HtmlColumn): string {
  return isNumber === true ? ' class="n"' : "";
}
