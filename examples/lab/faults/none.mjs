// A healthy stretch: nothing is injected.
export default { what: 'nothing', kind: null, accept: [], visible: null, inject() {} };
