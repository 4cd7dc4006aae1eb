// Makes elements. Text is only ever set as text, never as HTML.

export function make(tag, className, attributes = {}, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Sets text only if it is another: a live region would be read out again.
export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
