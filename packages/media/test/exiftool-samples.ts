const text = (characters: string) => Uint8Array.from(Buffer.from(characters, "latin1"));

/** One black pixel. */
export const gif = text("GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;");

/** A page of one square inch without anything on it, and a title. */
export const pdf = pdfOf([
  "<< /Type /Catalog /Pages 2 0 R >>",
  "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
  "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
  "<< /Title (Nothing) >>",
]);

function pdfOf(objects: readonly string[]): Uint8Array {
  let file = "%PDF-1.4\n";
  const table = objects.map((body, index) => {
    const offset = String(file.length).padStart(10, "0");
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return `${offset} 00000 n \n`;
  });
  const size = objects.length + 1;
  const xref = `xref\n0 ${size}\n0000000000 65535 f \n${table.join("")}`;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return text(file + xref + trailer);
}
