/** Something that the embedded servers need is not on this machine; the message holds every way out. */
export class MissingPrerequisite extends Error {
  override readonly name = 'MissingPrerequisite';

  constructor(what: string, seen: string) {
    super(
      [
        `The embedded Elasticsearch and Redis need ${what}; ${seen}.`,
        'Ways out:',
        '  - in a checkout, install Java 21+ and Maven ("apt-get install openjdk-21-jre-headless maven", "brew install openjdk maven"; Debian 12 has no Java 21: Eclipse Temurin has packages for it, for example temurin-25-jdk), or',
        '  - use servers that run already, without credentials: set ELASTICSEARCH_URL and REDIS_URL, or',
        '  - with Docker, in a checkout: "docker compose --profile demo up".',
      ].join('\n'),
    );
  }
}
