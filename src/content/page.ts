// Pages, rows included: a row is a page whose parent is a data source.

import { Directive, ObjectType } from 'type-graphql';
import { listOf } from '../lib/list.js';
import { Resource } from './resource.js';

@Directive('@requires(anyOf: [[CONTENT_READ]])')
@ObjectType({ implements: Resource, simpleResolvers: true, description: 'A page, or a row of a data source.' })
export class Page extends Resource {}

export const PageList = listOf(Page, 'Page');
