/** Files for the reader: figures as SVG or PNG, numbers as CSV, texts as they are. */

const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "fill-opacity", "font-size", "font-family", "font-weight", "text-anchor"];
const GAP = 16;
const TITLE = 26;
const SHARPNESS = 2;

/** Hand a file to the reader. */
export function save(name: string, content: Blob | string, type = "text/plain;charset=utf-8"): void {
  const blob = typeof content === "string" ? new Blob([content], { type }) : content;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** All charts of a page as one SVG, each under its title, with the colours that are on the screen. */
export function svgOfPage(within: ParentNode): string {
  const figures = [...within.querySelectorAll<HTMLElement>("figure.chart")].filter((figure) => figure.querySelector(".plot svg"));
  const style = getComputedStyle(document.documentElement);
  const parts: string[] = [];
  let top = GAP;
  let widest = 200;
  for (const figure of figures) {
    const svg = figure.querySelector<SVGSVGElement>(".plot svg")!;
    const { width, height } = svg.getBoundingClientRect();
    const clone = inlined(svg);
    clone.querySelectorAll(".crosshair").forEach((each) => each.remove());
    const title = [figure.dataset["title"] ?? "", figure.querySelector("figcaption > span")?.textContent ?? ""].filter((word) => word !== "").join(", ");
    const keys = [...figure.querySelectorAll(".legend li")].map((item) => {
      const key = item.querySelector(".key path");
      const tone = key ? getComputedStyle(key).stroke : style.color;
      return `<tspan fill="${tone}">■ </tspan><tspan>${escaped(item.querySelector("span")?.textContent ?? "")}   </tspan>`;
    });
    parts.push(
      `<g transform="translate(${GAP},${top})"><text y="14" font-size="15" font-weight="600">${escaped(title)}</text>` +
        `<text y="32" font-size="12">${keys.join("")}</text>` +
        `<g transform="translate(0,${TITLE + 14})">${clone.innerHTML}</g></g>`,
    );
    top += height + TITLE + 14 + GAP;
    widest = Math.max(widest, width);
  }
  const whole = { width: Math.ceil(widest + 2 * GAP), height: Math.ceil(top) };
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole.width}" height="${whole.height}" viewBox="0 0 ${whole.width} ${whole.height}" ` +
    `font-family="Helvetica, Arial, sans-serif" fill="${style.color}">` +
    `<rect width="100%" height="100%" fill="${style.backgroundColor}"/>${parts.join("")}</svg>\n`
  );
}

/** A drawing as PNG, twice as fine as on the screen. */
export async function pngOf(svg: string): Promise<Blob> {
  const source = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width * SHARPNESS;
    canvas.height = image.height * SHARPNESS;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, failed) =>
      canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("this browser draws no PNG"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(source);
  }
}

/** Rows as CSV; what a spreadsheet would take for a formula is quoted as text. */
export function csvOf(columns: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null): string => {
    if (value === null) return "";
    if (typeof value === "number") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  return [columns.map(cell), ...rows.map((row) => row.map(cell))].map((row) => row.join(",")).join("\n") + "\n";
}

function inlined(svg: SVGSVGElement): SVGSVGElement {
  const clone = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll("*")];
  const into = [clone, ...clone.querySelectorAll("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const property of DRAWN) into[i]?.setAttribute(property, style.getPropertyValue(property));
  });
  return clone;
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
