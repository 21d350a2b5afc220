import { describe, expect, it } from 'vitest';
import { clusterVector } from '../../testing/catalog/samples.ts';
import { loadPack } from '../models/load-pack.ts';
import { judgeCluster } from './dominant-cluster.ts';

const { matching } = loadPack('stash-sense');
const held = [clusterVector(1, 100)];
const judge = (people: number[], known = held) =>
  judgeCluster(
    people.map((person, i) => clusterVector(person, i)),
    known,
    matching,
  ).map(({ accepted, reason }) => (accepted ? 'taken' : reason));

describe('judgeCluster', () => {
  it('takes the faces that hang together, are most, and agree with held ones', () => {
    expect(judge([1, 2, 1, 1])).toEqual(['taken', 'other_cluster', 'taken', 'taken']);
  });

  it('takes nothing when no cluster is most of the faces', () => {
    expect(judge([1, 1, 2, 2])).toEqual(Array(4).fill('no_dominant_cluster'));
    expect(judge([1, 2, 3])).toEqual(Array(3).fill('no_dominant_cluster'));
    expect(judge([])).toEqual([]);
  });

  it('takes nothing of a dominant cluster that is somebody else', () => {
    expect(judge([2, 2, 2, 1])).toEqual(Array(4).fill('cluster_differs'));
  });

  it('takes nothing when there is nothing to agree with', () => {
    expect(judge([1, 1], [])).toEqual(['no_existing_faces', 'no_existing_faces']);
  });
});
