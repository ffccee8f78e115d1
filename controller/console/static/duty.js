// The button that opens the browser's own window for printing.
document.querySelectorAll("[data-print]").forEach(b => b.addEventListener("click", () => window.print()));
