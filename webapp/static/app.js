"use strict";
// Enhances only: every page works without it.

// On a wide page the menu stands open; on a phone it opens at a touch.
const menu = document.querySelector("details.menu");
const wide = matchMedia("(min-width: 1024px)");
const fitMenu = () => { if (menu) menu.open = wide.matches; };
wide.addEventListener("change", fitMenu);
fitMenu();

// The folder one is in is never scrolled out of sight.
document.querySelector(".folders [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// Ctrl or Cmd with Enter sends; Enter alone never does, and a held key sends once.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest("form.composer");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[name=send]"));
});

// A form goes out once.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
