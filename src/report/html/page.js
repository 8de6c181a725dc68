(function () {
  "use strict";
  var form = document.getElementById("filters");
  if (!form) return;
  var cards = Array.prototype.slice.call(document.querySelectorAll("article.card"));
  var fields = { path: null, issuer: null, severity: null, exposure: null };
  Object.keys(fields).forEach(function (name) {
    fields[name] = document.getElementById("by-" + name);
  });
  var texts = cards.map(function (card) {
    var codes = card.querySelectorAll("h3 code, code.path");
    return Array.prototype.map.call(codes, function (code) { return code.textContent; }).join("\n").toLowerCase();
  });

  function value(name) {
    return fields[name] ? fields[name].value : "";
  }

  function filter() {
    var words = value("path").toLowerCase().split(/\s+/);
    var shown = 0;
    cards.forEach(function (card, at) {
      var fits = words.every(function (word) { return texts[at].indexOf(word) >= 0; }) &&
        ["issuer", "severity", "exposure"].every(function (name) {
          return !value(name) || card.getAttribute("data-" + name) === value(name);
        });
      card.hidden = !fits;
      if (fits) shown += 1;
    });
    var all = cards.length + (cards.length === 1 ? " key" : " keys");
    document.getElementById("shown").textContent =
      shown === cards.length ? all : shown === 0 ? "No key fits" : shown + " of " + all;
    form.classList.toggle("filtered", shown !== cards.length);
  }

  // A link to a card must reach it, whatever the filters hide.
  function reveal() {
    var target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.hidden) {
      form.reset();
      target.scrollIntoView();
    }
  }

  function step(by) {
    var shown = cards.filter(function (card) { return !card.hidden; });
    var at = shown.indexOf(document.activeElement && document.activeElement.closest("article.card"));
    var next = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : at + by];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(filter, 0); });
  window.addEventListener("hashchange", reveal);
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (event.key === "Escape" && form.contains(event.target)) {
      form.reset();
      event.target.blur();
    } else if (typing) {
      return;
    } else if (event.key === "/") {
      event.preventDefault();
      form.scrollIntoView({ block: "start" });
      fields.path.focus({ preventScroll: true });
      fields.path.select();
    } else if (event.key === "j") {
      step(1);
    } else if (event.key === "k") {
      step(-1);
    }
  });
  form.hidden = false;
  filter();
})();
