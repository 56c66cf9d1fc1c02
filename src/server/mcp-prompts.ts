import { completable, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { prompts } from '../prompts/index.ts';
import type { Completion, Prompt, PromptArgument } from '../prompts/prompt.ts';
import type { Application } from './application.ts';
import { suggestions } from './suggestions.ts';

/** The argument schemas are made once per application; a server only registers them. */
export function promptRegistration(application: Application): (server: McpServer, caller: string) => void {
  const schemas = new Map<string, z.ZodObject>();
  return (server, caller) => {
    for (const prompt of prompts) {
      const key = `${prompt.name} ${caller}`;
      if (!schemas.has(key)) schemas.set(key, argumentsSchema(prompt, application, caller));
      const { name, title, description } = prompt;
      server.registerPrompt(name, { title, description, argsSchema: schemas.get(key)! }, given => ({
        description,
        messages: [{ role: 'user', content: { type: 'text', text: prompt.text(given as Record<string, string>) } }],
      }));
    }
  };
}

function argumentsSchema(prompt: Prompt, application: Application, caller: string): z.ZodObject {
  return z.object(Object.fromEntries(prompt.arguments.map(argument => [argument.name, field(argument, application, caller)])));
}

function field({ description, required, completion }: PromptArgument, application: Application, caller: string): z.ZodType {
  const plain = z.string().max(500).describe(description);
  const text = completion ? completed(plain, completion, application, caller) : plain;
  return required ? text : text.optional().describe(description);
}

function completed(schema: z.ZodString, completion: Completion, application: Application, caller: string): z.ZodString {
  return completable(schema, value => suggestions(application, completion, value, caller));
}
