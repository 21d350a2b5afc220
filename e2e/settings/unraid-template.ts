import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';

const flag = z.enum(['true', 'false']);
const configSchema = z
  .strictObject({
    Name: z.string().min(1),
    Target: z.string().min(1),
    Default: z.string(),
    Mode: z.enum(['', 'rw', 'ro', 'rw,slave', 'ro,slave', 'rw,shared', 'ro,shared', 'tcp', 'udp']),
    Description: z.string().min(1),
    Type: z.enum(['Port', 'Path', 'Variable', 'Label', 'Device']),
    Display: z.enum(['always', 'always-hide', 'advanced', 'advanced-hide']),
    Required: flag,
    Mask: flag,
    '#text': z.string().default(''),
  })
  .transform(({ '#text': value, ...config }) => ({ ...config, value }));
const containerSchema = z.looseObject({ Config: z.array(configSchema) });

/**
 * An unRAID template, read as unRAID does.
 *
 * @throws Error when it is not well-formed; ZodError when a Config has an attribute too many, too few or wrong
 */
export function readTemplate(text: string) {
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) throw new Error(`unraid-template.xml, line ${verdict.err.line}: ${verdict.err.msg}`);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    isArray: (name) => name === 'Config' || name === 'Branch',
  });
  const { Config: configs, ...elements } = containerSchema.parse(parser.parse(text).Container);
  return { text, elements, configs };
}
