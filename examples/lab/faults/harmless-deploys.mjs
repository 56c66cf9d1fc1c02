// A healthy stretch with deploys and a reload in it. Undone: not needed.
export default {
  what: 'nothing but harmless deploys',
  kind: null,
  group: 'healthy',
  accept: [],
  visible: null,
  harmless: [
    { name: 'web-home-cache', after: 0.5 },
    { name: 'catalog-wording', after: 45 },
    { name: 'nginx-keepalive', after: 90 },
  ],
  inject() {},
};
