/** The package's own types describe an ES module, but it is CommonJS whose export is the function itself. */
declare module 'robots-parser' {
  interface Robots {
    /** Undefined for urls of another origin. */
    isAllowed(url: string, userAgent: string): boolean | undefined;
    /** Seconds. */
    getCrawlDelay(userAgent: string): number | undefined;
  }
  function robotsParser(robotsUrl: string, text: string): Robots;
  export = robotsParser;
}
