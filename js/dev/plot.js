/** Of the drawing, in pixels. */
const [WIDTH, HEIGHT] = [640, 360];

/**
 * A curve that a function of the notebook might have plotted.
 *
 * @returns {string} A PNG in base64.
 */
export function plot() {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser cannot draw");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.translate(56, HEIGHT - 40);
  pen.font = "13px system-ui, sans-serif";
  pen.lineWidth = 1;
  for (let step = 0; step <= 5; step += 1) {
    pen.strokeStyle = "#e3e6ec";
    pen.strokeRect(0, -step * 58, 560, 0);
    pen.fillStyle = "#4b5160";
    pen.fillText(String(step * 50), -36, 4 - step * 58);
    pen.fillText(`${step * 4} min`, step * 108 - 10, 24);
  }
  pen.strokeStyle = "#4f46e5";
  pen.lineWidth = 2.5;
  pen.beginPath();
  for (let x = 0; x <= 560; x += 4) {
    const speed = 250 * (1 - Math.exp(-x / 90)) * (1 - 0.06 * Math.sin(x / 24));
    pen.lineTo(x, (-speed * 58) / 50);
  }
  pen.stroke();
  return canvas.toDataURL("image/png").replace(/^.*,/, "");
}
