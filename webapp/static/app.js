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

// One key opens the form that says what the newest reply means; it can be turned off, and never acts in a field.
const keysOff = () => localStorage.getItem("keys") === "off";
document.addEventListener("keydown", (event) => {
  if (event.key !== "m" || event.ctrlKey || event.metaKey || event.altKey || event.repeat || keysOff()) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  const meant = [...document.querySelectorAll("details.meant")].at(-1);
  if (!meant) return;
  event.preventDefault();
  meant.open = meant.querySelector("details.correct").open = true;
  meant.querySelector("[name=sense]").focus();
});
document.querySelectorAll(".keys-switch").forEach((button) => {
  const show = () => { button.textContent = keysOff() ? button.dataset.off : button.dataset.on; button.hidden = false; };
  button.addEventListener("click", () => { localStorage.setItem("keys", keysOff() ? "on" : "off"); document.querySelectorAll(".keys-switch").forEach((each) => { each.textContent = keysOff() ? each.dataset.off : each.dataset.on; }); });
  show();
});

// A form goes out once.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
