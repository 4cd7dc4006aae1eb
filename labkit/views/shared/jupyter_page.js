// Tells Python from where Jupyter's page is: pages from exactly there may connect to the servers,
// beside their own. Only a page that Jupyter let in has a comm to tell it by.

export function tellPage(model) {
  model.send({ kind: "page", id: 0, origin: location.origin });
}
