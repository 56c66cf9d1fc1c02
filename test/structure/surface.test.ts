import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { prompts } from '../../src/prompts/index.ts';
import { resources } from '../../src/resources/index.ts';
import { instructions } from '../../src/server/instructions.ts';
import { inputJsonSchema } from '../../src/server/schemas.ts';
import { tools } from '../../src/tools/index.ts';

interface Property {
  readonly type?: unknown;
  readonly description?: string;
  readonly items?: Property;
  readonly [keyword: string]: unknown;
}

const surface = tools.map(tool => ({
  name: tool.name,
  title: tool.title,
  description: tool.description,
  inputSchema: inputJsonSchema(tool) as { type: string; additionalProperties: unknown; properties: Record<string, Property> },
  annotations: tool.annotations,
  defaultTokens: tool.defaultTokens,
}));

test('the surface is what it was; a change is a deliberate act (vitest -u)', async () => {
  const pinned = {
    instructions,
    tools: surface,
    prompts: prompts.map(({ text: _, ...prompt }) => prompt),
    resources: resources.map(({ call, ...resource }) => ({ ...resource, ...(call ? { tool: call.tool } : {}) })),
  };
  await expect(`${JSON.stringify(pinned, null, 2)}\n`).toMatchFileSnapshot('surface.json');
});

test('names, descriptions and input schemas fit into 8,000 tokens, the list into 48 kB', () => {
  const texts = surface.map(({ name, description, inputSchema }) => JSON.stringify({ name, description, inputSchema }));
  const tokens = texts.reduce((sum, text) => sum + encode(text).length, 0);
  expect(tokens).toBeLessThanOrEqual(8000);
  expect(JSON.stringify(surface).length).toBeLessThanOrEqual(48_000);
});

test('at most 24 tools, none twice, and instructions that no client cuts', () => {
  expect(tools.length).toBeLessThanOrEqual(24);
  expect(new Set(tools.map(tool => tool.name)).size).toBe(tools.length);
  expect(instructions.length).toBeLessThanOrEqual(2000);
});

test('instructions and prompts name no tool that does not exist, and the instructions name every tool', () => {
  const names = new Set(tools.map(tool => tool.name));
  const texts = [
    instructions,
    ...prompts.map(prompt => prompt.text({ window: 'w', service: 's', alert: 'a', symptom: 'x', investigation: 'i' })),
  ];
  const verbs = 'query|get|cluster|compare|normalize|detect|rank|render|read|search|record';
  for (const text of texts) {
    const named = [...text.matchAll(new RegExp(`\\b(?:${verbs})_[a-z]+\\b`, 'g'))].map(match => match[0]);
    expect(named.filter(name => !names.has(name))).toEqual([]);
  }
  expect([...names].filter(name => !instructions.includes(name))).toEqual([]);
  expect(resources.filter(({ call }) => call && !names.has(call.tool))).toEqual([]);
});

const PORTABLE = new Set([
  'type',
  'description',
  'default',
  'minimum',
  'maximum',
  'enum',
  'items',
  'properties',
  'required',
  'additionalProperties',
]);
const TYPES = ['string', 'number', 'integer', 'boolean', 'array'];

describe.each(surface)('$name', tool => {
  test('is named and described so that every client takes it', () => {
    expect(tool.name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(tool.name.length).toBeLessThanOrEqual(30);
    expect(tool.description.length).toBeLessThanOrEqual(1000);
    expect(tool.title.length).toBeGreaterThan(0);
    expect(Object.keys(tool.annotations).sort()).toEqual(['destructiveHint', 'idempotentHint', 'openWorldHint', 'readOnlyHint']);
  });

  test('its schema is strict, flat and of the portable subset', () => {
    const { inputSchema } = tool;
    expect(inputSchema.type).toBe('object');
    expect(inputSchema.additionalProperties).toBe(false);
    expect(Object.keys(inputSchema).filter(keyword => !PORTABLE.has(keyword))).toEqual([]);
    for (const [name, property] of Object.entries(inputSchema.properties)) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(property.description, `${name} has no description`).toBeTruthy();
      expect(TYPES, name).toContain(property.type);
      expect(
        Object.keys(property).filter(keyword => !PORTABLE.has(keyword)),
        name,
      ).toEqual([]);
      if (property.type === 'array') {
        expect(TYPES, `items of ${name}`).toContain(property.items?.type);
        expect(
          Object.keys(property.items ?? {}).filter(keyword => !PORTABLE.has(keyword)),
          name,
        ).toEqual([]);
      }
    }
  });

  test('takes the arguments that every tool takes', () => {
    expect(Object.keys(tool.inputSchema.properties)).toEqual(expect.arrayContaining(['max_tokens', 'deadline_seconds', 'continue_id']));
    expect(tool.defaultTokens).toBeGreaterThanOrEqual(200);
    expect(tool.defaultTokens).toBeLessThanOrEqual(10_000);
  });
});
