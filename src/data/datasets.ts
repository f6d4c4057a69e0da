import type { DataSet } from './data-set';
import { actg175 } from './sets/actg175';
import { cmuFaces } from './sets/cmu-faces';
import { drugConsumption } from './sets/drug-consumption';
import { type EmodbOptions, emodb } from './sets/emodb';
import { emotions } from './sets/emotions';
import { enb } from './sets/enb';
import { ewtPosNer } from './sets/ewt-pos-ner';
import type { FolderOptions } from './sets/folder';
import { type FsddOptions, fsdd } from './sets/fsdd';
import { type MiComplicationsOptions, miComplications } from './sets/mi-complications';
import { movies } from './sets/movies';
import { omniglot } from './sets/omniglot';
import { parkinsons } from './sets/parkinsons';
import { restaurants } from './sets/restaurants';
import { slump } from './sets/slump';
import { snips } from './sets/snips';
import { solarFlare } from './sets/solar-flare';
import { type StockPricesOptions, stockPrices } from './sets/stock-prices';
import { type StockReturnsOptions, stockReturns } from './sets/stock-returns';
import { trafficLights } from './sets/traffic-lights';
import { vader } from './sets/vader';
import { vowel } from './sets/vowel';
import { yeast } from './sets/yeast';

/** The data sets by name; those with the option `folder` are not shipped and read from a folder of yours. */
export interface Datasets {
  emotions(): Promise<DataSet>;
  yeast(): Promise<DataSet>;
  actg175(): Promise<DataSet>;
  vowel(): Promise<DataSet>;
  solarFlare(): Promise<DataSet>;
  movies(): Promise<DataSet>;
  vader(): Promise<DataSet>;
  stockReturns(options?: StockReturnsOptions): Promise<DataSet>;
  stockPrices(options?: StockPricesOptions): Promise<DataSet>;
  cmuFaces(options?: FolderOptions): Promise<DataSet>;
  omniglot(options?: FolderOptions): Promise<DataSet>;
  trafficLights(options?: FolderOptions): Promise<DataSet>;
  fsdd(options?: FsddOptions): Promise<DataSet>;
  emodb(options?: EmodbOptions): Promise<DataSet>;
  snips(options?: FolderOptions): Promise<DataSet>;
  ewtPosNer(options?: FolderOptions): Promise<DataSet>;
  miComplications(options?: MiComplicationsOptions): Promise<DataSet>;
  parkinsons(options?: FolderOptions): Promise<DataSet>;
  drugConsumption(options?: FolderOptions): Promise<DataSet>;
  restaurants(options?: FolderOptions): Promise<DataSet>;
  enb(options?: FolderOptions): Promise<DataSet>;
  slump(options?: FolderOptions): Promise<DataSet>;
}

/** Data sets: those that the package ships, and loaders of others from the folder that `folder` or `TASKLOOM_DATA` names. */
export const datasets: Datasets = {
  emotions,
  yeast,
  actg175,
  vowel,
  solarFlare,
  movies,
  vader,
  stockReturns,
  stockPrices,
  cmuFaces,
  omniglot,
  trafficLights,
  fsdd,
  emodb,
  snips,
  ewtPosNer,
  miComplications,
  parkinsons,
  drugConsumption,
  restaurants,
  enb,
  slump,
};
