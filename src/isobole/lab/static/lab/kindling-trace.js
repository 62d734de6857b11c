// Progress of one rat: afterdischarge duration and stage by session.

function colour(name) {
  // A custom property may be light-dark(): a colour of an element is worked out.
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function squares(fill) {
  return (plot, index) => {
    const { ctx } = plot;
    const size = 7 * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = fill;
    plot.data[index].forEach((value, place) => {
      if (value === null) return;
      const x = plot.valToPos(plot.data[0][place], "x", true);
      const y = plot.valToPos(value, "stage", true);
      ctx.fillRect(x - size / 2, y - size / 2, size, size);
    });
    ctx.restore();
    return false;
  };
}

function draw() {
  const place = document.getElementById("trace");
  const source = document.getElementById("trace-data");
  if (!place || !source || !window.uPlot) return;
  const { number, add_s: add, stage, codes, kindled_at: reached } = JSON.parse(source.textContent);
  const [ink, line, first, second, good] = ["--ink", "--line", "--link", "--warn", "--good"].map(colour);
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, font: "13px system-ui, sans-serif", labelFont: "13px system-ui, sans-serif" };
  place.replaceChildren();
  const plot = new window.uPlot(
    {
      width: Math.max(280, Math.min(560, place.clientWidth || 540)),
      height: 300,
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: false, range: () => [Math.min(...number) - 0.5, Math.max(...number) + 0.5] },
        s: { range: (_, __, high) => [0, Math.max(10, (high ?? 0) * 1.1)] },
        stage: { range: [-0.25, codes.length - 0.75] },
      },
      axes: [
        { ...axis, label: "session", incrs: [1, 2, 5, 10, 20, 50] },
        { ...axis, scale: "s", label: "afterdischarge (s)", stroke: first },
        { ...axis, scale: "stage", side: 1, label: "stage", stroke: second, grid: { show: false }, splits: codes.map((_, i) => i), values: (_, at) => at.map((i) => codes[i] ?? "") },
      ],
      series: [
        {},
        { scale: "s", stroke: first, width: 2, spanGaps: false, points: { show: true, size: 8, stroke: first, fill: first } },
        { scale: "stage", stroke: second, width: 1, dash: [4, 4], spanGaps: false, points: { show: squares(second) } },
      ],
      hooks: {
        draw: [(self) => {
          if (reached === null) return;
          const x = self.valToPos(reached, "x", true);
          self.ctx.save();
          self.ctx.strokeStyle = good;
          self.ctx.lineWidth = 2 * devicePixelRatio;
          self.ctx.beginPath();
          self.ctx.moveTo(x, self.bbox.top);
          self.ctx.lineTo(x, self.bbox.top + self.bbox.height);
          self.ctx.stroke();
          self.ctx.restore();
        }],
      },
    },
    [number, add, stage],
    place,
  );
  document.getElementById("trace-none").textContent = reached === null ? "" : `The upright line: fully kindled at session ${reached}.`;
  return plot;
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
