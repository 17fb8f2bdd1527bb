import { expect, test } from '@jest/globals';
import { repositoryComponent } from '../../../api/reports/repository-component.ts';
import { ComponentId } from '../../../contracts/identifiers.ts';

test.each([
  ['acme', 'shop'],
  ['ACME', 'Shop.Front_End'],
  ['a', '.'],
  ['a', '...---___'],
  ['0', '-'],
  ['x'.repeat(100), 'y'.repeat(100)],
  ['ab'.repeat(25), '.github'],
])('%s/%s has a component of its own', (owner, repository) => {
  const component = repositoryComponent(owner, repository);
  expect(() => ComponentId.parse(component)).not.toThrow();
  expect(repositoryComponent(owner, `${repository}0`)).not.toBe(component);
});

test('that a person recognises', () => {
  expect(repositoryComponent('acme', 'shop')).toMatch(/^acme-shop-[0-9a-f]{10}$/);
});

test('does not depend on the case in which the names are written', () => {
  expect(repositoryComponent('Acme', 'SHOP')).toBe(repositoryComponent('acme', 'shop'));
});

type Name = readonly [owner: string, repository: string];

test.each<[Name, Name]>([
  [
    ['a-b', 'c'],
    ['a', 'b-c'],
  ],
  [
    ['a', 'b.c'],
    ['a', 'b_c'],
  ],
  [
    ['x'.repeat(60), 'one'],
    ['x'.repeat(60), 'two'],
  ],
])('%j and %j are two, although they read alike', (one, other) => {
  expect(repositoryComponent(...one).slice(0, -10)).toBe(repositoryComponent(...other).slice(0, -10));
  expect(repositoryComponent(...one)).not.toBe(repositoryComponent(...other));
});
