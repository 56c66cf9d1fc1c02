// Undone: the packet filter's table is deleted.
export default {
  what: '30 % of the packets to and from inventory-1 are lost',
  kind: 'network',
  accept: ['inventory', 'inventory-1', 'inventory-1:8080'],
  visible:
    "metrics/node.csv: node_netstat_Tcp_RetransSegs; traces: client spans of web and orders to inventory reach 0.2 to 2 s while inventory's server spans stay at some ms; a few time-outs in logs/web and logs/orders",
  harmless: [{ name: 'nginx-keepalive', after: -25 }],

  async inject(shop) {
    const nft = (...words) => shop.exec('nft', ...words);
    await nft('add', 'table', 'inet', 'lab');
    await nft('add', 'chain', 'inet', 'lab', 'in', '{ type filter hook input priority 0; }');
    for (const side of ['dport', 'sport']) {
      await nft(
        'add',
        'rule',
        'inet',
        'lab',
        'in',
        'ip',
        'daddr',
        '10.20.0.18',
        'tcp',
        side,
        '8080',
        'numgen',
        'random',
        'mod',
        '100',
        '<',
        '30',
        'counter',
        'drop',
      );
    }
    return () => nft('delete', 'table', 'inet', 'lab');
  },
};
