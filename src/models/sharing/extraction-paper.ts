import type { Paper } from '../../balancing/balancing';

/** Where gates over shared and own experts come from. */
export const extractionPaper: Paper = {
  authors: 'Tang, Liu, Zhao, Gong',
  year: 2020,
  title: 'Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized Recommendations',
};
