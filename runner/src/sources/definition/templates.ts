import type { SourceId } from '@trainer/contract/sources';

/** What `sources new` writes: a definition that is complete but for what only the owner knows, with every field explained. */
export const templates = {
  'stash-box': (
    id: SourceId,
  ) => `# Another stash-box. Change what stands below, then: runner sources check ${id}
# The runner reads this file when it starts.

# Names the source everywhere, and is the name of this file.
id: ${id}
title: ${titleOf(id)}
kind: stash-box

# Of its GraphQL API.
address: https://${id}.example/graphql

# Its performers are called <domain>:<id> in versions, for good: take the host that Stash knows the stash-box by.
domain: ${id}.example

# The environment variable of the runner that holds the API key.
key_variable: ${variableOf(id)}_API_KEY

# The environment variable that may hold another address, such as a mirror's.
# url_variable: ${variableOf(id)}_URL

# Which metadata wins when sources differ: StashDB has 1, FansDB 5.
priority: 6

# What the configuration says until somebody decides otherwise: requests per minute, how far faces are trusted (high, medium,
# low), and faces per performer.
defaults: { enabled: false, rate_limit: 60, trust_level: high, max_faces: 3 }
`,

  site: (
    id: SourceId,
  ) => `# Another reference site. Change what stands below, then: runner sources check ${id} --url <page> --name <name>
# The runner reads this file when it starts. The files of the shipped sites show what else there is.

# Names the source everywhere, and is the name of this file.
id: ${id}
title: ${titleOf(id)}
kind: reference-site
address: https://www.${id}.example
# The environment variable that may hold the address of a mirror, which may be in your own network.
# url_variable: ${variableOf(id)}_URL

# What the configuration says until somebody decides otherwise: requests per minute, how far faces are trusted (high, medium,
# low), and faces per performer.
defaults: { enabled: false, rate_limit: 30, trust_level: medium, max_faces: 5 }

# Whose addresses mean this site (www. and m. make no difference), and where its pictures may be.
hosts: [${id}.example]
imageHosts: [www.${id}.example]

# direct; flaresolverr or chrome where the site is only read through one.
transport: { use: direct }
# Sent with pictures: site, page or none.
referer: site

# The forms in which performers' addresses are written. Groups of \`match\` are the places of \`page\` and \`key\`.
addresses:
  - form: slug
    match: ^/model/(?<slug>[^/?#]+)
    page: /model/{slug}
    key: '{slug}'
# How a name becomes a slug, where that is a good guess; without it the site is only asked by url.
# slug: { style: hyphen, page: '/model/{slug}' }

# CSS selectors. A page with \`name\` is a performer's.
notFound:
  otherwise: not_found
name: { select: h1 }
# aliases: { select: .aliases, transforms: [{ split: ',' }] }

# The kinds of pictures of a performer's page.
images:
  - name: photo
    from: [{ select: '.gallery img[src]', attribute: src }]
    max: 5

# Per performer: pictures, and pages.
caps: { images: 5, pages: 2 }
# What a good page yields at least. When a site no longer does, its source is paused.
canaries:
  performer: { name: 1, images.photo: 1 }
`,
} as const;
export type TemplateKind = keyof typeof templates;

function titleOf(id: SourceId): string {
  return id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

function variableOf(id: SourceId): string {
  return id.toUpperCase().replaceAll('-', '_');
}
