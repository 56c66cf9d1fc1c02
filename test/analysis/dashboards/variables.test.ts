// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables like this.
import { describe, expect, it } from 'vitest';
import {
  neededVariables,
  parseChoices,
  patternValues,
  seriesQuestion,
  valueOfVariable,
  variablesIn,
} from '../../../src/analysis/dashboards/variables.ts';
import type { DashboardVariable } from '../../../src/model/dashboard.ts';
import { SreError } from '../../../src/model/errors.ts';

const variable = (fields: Partial<DashboardVariable>): DashboardVariable => ({
  name: 'host',
  kind: 'query',
  multi: false,
  current: [],
  options: [],
  ...fields,
});

describe('choices of a caller', () => {
  const variables = [variable({ name: 'host', multi: true }), variable({ name: 'env', options: ['a,b'] })];

  it('are values by variable; a list has commas, unless the comma belongs to a value', () => {
    expect(parseChoices(['host=a, b', '$host=c', 'env=a,b'], { variables })).toEqual({ host: ['a', 'b', 'c'], env: ['a,b'] });
    expect(parseChoices(['host=All'], { variables })).toEqual({ host: ['$__all'] });
  });

  it.each([['host'], ['=x'], ['host=']])('"%s" is refused', text => {
    expect(() => parseChoices([text], { variables })).toThrow(/is not `name=value`/);
  });

  it('name the nearest variable when there is none of the name', () => {
    const error = (() => {
      try {
        parseChoices(['hots=a'], { variables });
      } catch (reason) {
        return reason as SreError;
      }
    })();
    expect(error).toBeInstanceOf(SreError);
    expect(error?.hint).toBe('Did you mean host?');
  });
});

describe('what a variable stands for', () => {
  it('is the choice, else what was saved, else the first value', () => {
    const saved = variable({ current: ['b'] });
    expect(valueOfVariable(saved, ['c'], ['a', 'b']).value.values).toEqual(['c']);
    expect(valueOfVariable(saved, undefined, ['a', 'b']).value.values).toEqual(['b']);
    expect(valueOfVariable(variable({}), undefined, ['a', 'b']).value.values).toEqual(['a']);
    expect(valueOfVariable(variable({}), undefined, undefined).value.values).toEqual([]);
  });

  it('is another one when the data do not have what was saved, and says so', () => {
    expect(valueOfVariable(variable({ current: ['gone'] }), undefined, ['a', 'b'])).toEqual({
      value: { values: ['a'], several: false },
      instead: 'was saved with gone, which the data do not have',
    });
    expect(valueOfVariable(variable({ current: ['gone'], multi: true }), undefined, ['a', 'b']).value).toMatchObject({
      values: ['a', 'b'],
      all: true,
    });
    // Nothing was found at all: that says nothing about the saved value.
    expect(valueOfVariable(variable({ current: ['b'] }), undefined, []).value.values).toEqual(['b']);
  });

  it('is all values, or what the dashboard writes for all of them', () => {
    expect(valueOfVariable(variable({ current: ['$__all'], multi: true }), undefined, ['a', 'b']).value).toEqual({
      values: ['a', 'b'],
      several: true,
      all: true,
    });
    expect(valueOfVariable(variable({ current: ['$__all'], multi: true, allValue: '.*' }), undefined, ['a']).value).toEqual({
      values: ['a'],
      several: true,
      verbatim: '.*',
      all: true,
    });
    expect(valueOfVariable(variable({ current: ['$__all'], multi: true }), undefined, undefined).value).toEqual({
      values: [],
      several: true,
      verbatim: '.*',
      all: true,
    });
  });
});

describe('what fills a variable', () => {
  it.each([
    ['label_values(up, job)', { ask: 'label', label: 'job', selector: 'up' }],
    ['label_values(job)', { ask: 'label', label: 'job' }],
    [' label_values( up{a="b, c", d=~"e|f"} ,  instance ) ', { ask: 'label', label: 'instance', selector: 'up{a="b, c", d=~"e|f"}' }],
    ['label_values({__name__=~"a|b"}, k8s.pod.name)', { ask: 'label', label: 'k8s.pod.name', selector: '{__name__=~"a|b"}' }],
    ['metrics(node_.*)', { ask: 'names', pattern: 'node_.*' }],
    ['query_result(topk(5, sum(rate(x[5m])) by (y)))', { ask: 'result', expression: 'topk(5, sum(rate(x[5m])) by (y))' }],
    ['label_names()', { ask: 'labels' }],
    ['dimension_values(eu-west-1, AWS/EC2)', undefined],
    ['label_values()', undefined],
    ['', undefined],
  ])('%s', (query, expected) => {
    expect(seriesQuestion(query)).toEqual(expected);
  });

  it('is the part that its pattern takes', () => {
    const found = ['up{job="api", n="1"} 1 5', 'up{job="web"} 0 5', 'up{job="api"} 1 5', 'other'];
    expect(patternValues(found, '/job="(?<value>[^"]+)"/')).toEqual(['api', 'web']);
    expect(patternValues(found, 'job="([^"]+)"')).toEqual(['api', 'web']);
    expect(patternValues(found, '/OTHER/i')).toEqual(['other']);
    expect(patternValues(['b', 'a', 'b'], undefined)).toEqual(['b', 'a']);
    expect(patternValues(['a'], '/(/')).toEqual(['a']);
  });
});

describe('which variables are needed', () => {
  it('are those in the texts, and those that these need', () => {
    expect(variablesIn('$a ${bc} [[d:csv]] $ab ${e.f}', ['a', 'b', 'bc', 'd', 'e'])).toEqual(['a', 'bc', 'd', 'e']);
    const variables = [
      variable({ name: 'env' }),
      variable({ name: 'host', query: 'label_values(up{env="$env"}, host)' }),
      variable({ name: 'other' }),
    ];
    const widget = { title: '', queries: [{ text: 'up{host="$host"}' }] } as never;
    expect(neededVariables([widget], variables)).toEqual(['env', 'host']);
  });
});
