// Where the customer is, as far as the channel asks: told at each welcome, and
// again when it changes. The page around knows most of it.

const LOOK_EVERY = 1000;
const NO_BRAND = /not.a.brand|^chromium$/iu;

const PARTS = {
  page: 'page', tags: 'tags', cookies: 'cookies', language: 'language',
  time_zone: 'language', hints: 'device',
};

const cut = (value, most) =>
  String(value ?? '').slice(0, most).toWellFormed();

const facts = (given) => Object.fromEntries(Object.entries(given ?? {})
  .filter(([name, value]) => name && value != null).slice(0, 32)
  .map(([name, value]) => [cut(name, 64), cut(value, 256)]));

// `ask(names)`: have the page say where it is, and those of its cookies.
export class Surroundings {
  #told = {};

  #clock;

  constructor({ collect = [], cookies = [], say, ask }) {
    Object.assign(this, { cookies, say, ask });
    this.wanted = new Set([...collect, ...(cookies.length ? ['cookies'] : [])]);
  }

  begin() {
    const look = () => this.ask(this.cookies);
    clearInterval(this.#clock);
    // Looked at, not hooked into: a page's router stays its own, and its
    // title comes later than its address.
    this.#clock = setInterval(look, LOOK_EVERY);
    look();
    if (this.wanted.has('device')) {
      hints().then((found) => found && this.#tell({ hints: found }));
    }
  }

  // What was told may be lost: it is told anew with the next welcome.
  pause() {
    clearInterval(this.#clock);
    this.#told = {};
  }

  hear({ page, language, tags, cookies }) {
    this.#tell({
      page: {
        url: cut(page?.url, 2048), title: cut(page?.title, 256),
        referrer: cut(page?.referrer, 2048),
      },
      language: cut(language || navigator.language, 64),
      time_zone: cut(Intl.DateTimeFormat().resolvedOptions().timeZone, 64),
      tags: facts(tags), cookies: facts(cookies),
    });
  }

  #tell(known) {
    const news = {};
    for (const [name, value] of Object.entries(known)) {
      const told = JSON.stringify(value);
      if (!this.wanted.has(PARTS[name]) || this.#told[name] === told) continue;
      this.#told[name] = told;
      news[name] = value;
    }
    if (Object.keys(news).length > 0) this.say({ type: 'context', ...news });
  }
}

async function hints() {
  const { userAgentData: agent } = navigator;
  if (!agent) return null;
  const { model, fullVersionList: brands } =
    await agent.getHighEntropyValues(['model', 'fullVersionList']);
  const { brand, version } =
    brands?.find((one) => !NO_BRAND.test(one.brand)) ?? {};
  const told = { browser: brand, version, platform: agent.platform, model };
  return {
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => value)),
    mobile: agent.mobile,
  };
}
