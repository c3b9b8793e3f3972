// What one part of the page found and others show: not in the address, since it follows from what is.

const listeners = new Map();

export const shared = {
  models: [],      // what the server serves
  model: null,     // the one that is looked at
  near: [],        // the neighbours of the item that is looked at
  examples: [],    // items to try
  chosen: [],      // places on the map that are selected
  sample: null,    // the points of the map

  /** Call `act` when `what` has changed. */
  on(what, act) {
    listeners.set(what, [...(listeners.get(what) ?? []), act]);
  },

  /** Say that `what` has changed. */
  changed(what) {
    for (const act of listeners.get(what) ?? []) act();
  },
};
