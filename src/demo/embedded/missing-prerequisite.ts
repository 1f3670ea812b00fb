/** Something that the embedded servers need is not on this machine; the message holds every way out. */
export class MissingPrerequisite extends Error {
  override readonly name = 'MissingPrerequisite';

  constructor(what: string, seen: string) {
    super(
      [
        `The embedded Elasticsearch and Redis need ${what}; ${seen}.`,
        'Ways out:',
        `  - install it (Java 21+ and Maven, for example "apt-get install openjdk-21-jre-headless maven" or "brew install openjdk maven"), or`,
        '  - use servers that run already: set ELASTICSEARCH_URL and REDIS_URL, or',
        '  - with Docker: "docker compose up -d redis elasticsearch", then set ELASTICSEARCH_URL and REDIS_URL.',
      ].join('\n'),
    );
  }
}
