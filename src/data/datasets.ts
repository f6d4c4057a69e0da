import * as sets from './sets/index';

/**
 * Data sets by name: those that the package ships, and loaders of others, with the option `folder`, from the folder that it or `TASKLOOM_DATA`
 * names.
 */
export const datasets: Readonly<typeof sets> = { ...sets };
