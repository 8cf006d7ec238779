"use strict";
(() => {
  const jsonRpc = document.body.dataset.protocol === "JSON_RPC";

  // JSON whose numbers keep all their digits, which a JavaScript number may not hold.
  function parse(text) {
    return JSON.parse(text, (key, value, context) => {
      if (typeof value !== "number") {
        return value;
      }
      if (JSON.rawJSON && context) {
        return JSON.rawJSON(context.source);
      }
      if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) {
        return value;
      }
      throw new Error("this browser cannot hold the number " + value);
    });
  }

  function isNumber(value) {
    return typeof value === "number" || (JSON.isRawJSON !== undefined && JSON.isRawJSON(value));
  }

  // The value of a field: JSON, or plain text where text is asked for and no JSON string was given.
  function read(field) {
    const text = field.value.trim();
    const type = field.dataset.type;
    const textual = type === "string" || type === "binary" || type === "datetime";
    if (textual && !("variable" in field.dataset) && !("remaining" in field.dataset)) {
      return /^".*"$/s.test(text) ? JSON.parse(text) : field.value;
    }
    try {
      return parse(text);
    } catch (e) {
      if (type === "any" && !/^[[{"]/.test(text)) {
        return field.value;
      }
      throw new Error(field.dataset.name + " is not JSON: " + e.message);
    }
  }

  // The arguments, by position where that is possible, else by name.
  function readAll(form) {
    const positional = [];
    const named = {};
    let byName = false;
    let skipped = null;
    for (const field of form.querySelectorAll("[data-name]")) {
      const name = field.dataset.name;
      if (field.value === "" && !(field.dataset.type === "string" && "required" in field.dataset)) {
        if ("required" in field.dataset) {
          throw new Error(name + " is required");
        }
        skipped = skipped || name;
        continue;
      }
      const value = read(field);
      if ("variable" in field.dataset) {
        if (!Array.isArray(value)) {
          throw new Error(name + " must be a JSON array");
        }
        if (skipped !== null) {
          throw new Error(skipped + " is required, since " + name + " follows");
        }
        positional.push(...value.map((item) => typed(field, item)));
      } else if ("remaining" in field.dataset) {
        if (value === null || typeof value !== "object" || Array.isArray(value)) {
          throw new Error(name + " must be a JSON object");
        }
        byName = true;
        Object.assign(named, value);
      } else {
        byName = byName || skipped !== null;
        positional.push(typed(field, value));
        named[name] = value;
      }
    }
    if (byName && !jsonRpc) {
      throw new Error(skipped === null ? "XML-RPC has no named arguments" : skipped + " is required by those after it");
    }
    return byName ? named : positional;
  }

  // --- XML-RPC

  function typed(field, value) {
    return jsonRpc || typeof value !== "string" ? value : new Text(field.dataset.type, value);
  }

  class Text {
    constructor(type, value) {
      this.tag = { binary: "base64", datetime: "dateTime.iso8601" }[type] || "string";
      this.value = this.tag === "dateTime.iso8601" ? value.replace(/-/g, "") : value;
    }
  }

  function escape(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\r/g, "&#13;");
  }

  function tagOf(integer) {
    return BigInt.asIntN(32, integer) === integer ? "int"
      : BigInt.asIntN(64, integer) === integer ? "i8" : "biginteger";
  }

  function toXml(value) {
    let inner;
    if (value === null) {
      inner = "<nil/>";
    } else if (value instanceof Text) {
      inner = "<" + value.tag + ">" + escape(value.value) + "</" + value.tag + ">";
    } else if (typeof value === "boolean") {
      inner = "<boolean>" + (value ? 1 : 0) + "</boolean>";
    } else if (isNumber(value)) {
      const text = JSON.stringify(value);
      const tag = !/^-?\d+$/.test(text) ? "double" : tagOf(BigInt(text));
      inner = "<" + tag + ">" + text + "</" + tag + ">";
    } else if (typeof value === "string") {
      inner = "<string>" + escape(value) + "</string>";
    } else if (Array.isArray(value)) {
      inner = "<array><data>" + value.map(toXml).join("") + "</data></array>";
    } else {
      const members = Object.entries(value)
        .map(([name, member]) => "<member><name>" + escape(name) + "</name>" + toXml(member) + "</member>");
      inner = "<struct>" + members.join("") + "</struct>";
    }
    return "<value>" + inner + "</value>";
  }

  function child(element, name) {
    return [...element.children].find((each) => each.nodeName === name);
  }

  function fromXml(value) {
    const typedElement = value.firstElementChild;
    if (typedElement === null) {
      return value.textContent;
    }
    const text = typedElement.textContent;
    switch (typedElement.nodeName) {
      case "nil": return null;
      case "boolean": return text.trim() === "1" || text.trim() === "true";
      case "int": case "i4": case "i8": case "double": case "biginteger":
        try {
          return parse(text);
        } catch (e) {
          return text;
        }
      case "array": return [...child(typedElement, "data").children].map(fromXml);
      case "struct": return Object.fromEntries([...typedElement.children].map(
        (member) => [child(member, "name").textContent, fromXml(child(member, "value"))]));
      default: return text;
    }
  }

  function readXml(text) {
    const root = new DOMParser().parseFromString(text, "text/xml").documentElement;
    const fault = root.nodeName === "methodResponse" ? child(root, "fault") : null;
    if (fault) {
      const { faultCode, faultString } = fromXml(child(fault, "value"));
      return { failed: true, text: "fault " + JSON.stringify(faultCode) + ": " + faultString };
    }
    const value = root.querySelector("methodResponse > params > param > value");
    return value ? { failed: false, text: show(fromXml(value)) } : { failed: true, text };
  }

  // --- both

  function show(value) {
    return JSON.stringify(value, null, 2) ?? "null";
  }

  function readJson(text) {
    const { error, result } = parse(text);
    if (!error) {
      return { failed: false, text: show(result) };
    }
    const data = error.data === undefined ? "" : "\n" + show(error.data);
    return { failed: true, text: "error " + JSON.stringify(error.code) + ": " + error.message + data };
  }

  async function call(method, args) {
    const body = jsonRpc
      ? JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: args })
      : '<?xml version="1.0"?><methodCall><methodName>' + escape(method) + "</methodName><params>"
        + args.map((arg) => "<param>" + toXml(arg) + "</param>").join("") + "</params></methodCall>";
    const response = await fetch(location.pathname, {
      method: "POST",
      headers: { "Content-Type": jsonRpc ? "application/json" : "text/xml" },
      body,
      credentials: "same-origin",
      redirect: "error",
    });
    const text = await response.text();
    if (!response.ok) {
      return { failed: true, text: "HTTP " + response.status + "\n" + text };
    }
    try {
      return jsonRpc ? readJson(text) : readXml(text);
    } catch (e) {
      return { failed: false, text };
    }
  }

  for (const form of document.forms) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const output = form.querySelector("output");
      const button = form.querySelector("button");
      button.disabled = true;
      let outcome;
      try {
        outcome = await call(form.closest("section").dataset.method, readAll(form));
      } catch (e) {
        outcome = { failed: true, text: e.message };
      }
      button.disabled = false;
      output.classList.toggle("error", outcome.failed);
      output.textContent = outcome.text;
    });
  }

  const items = [...document.querySelectorAll("nav li")];
  document.getElementById("filter").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const item of items) {
      const link = item.firstElementChild;
      const hidden = !link.textContent.toLowerCase().includes(wanted);
      item.hidden = hidden;
      document.getElementById(link.hash.slice(1)).hidden = hidden;
    }
  });
})();
