// The component kit's clickable things as links of the router: with its addresses checked, and opened in a new tab like links.

import {
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  Menu,
  type MenuItemProps,
  NavLink,
  type NavLinkProps,
} from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

/** What a link takes beside what the component calls its own. */
type AsLink<Own> = Own & Omit<ComponentProps<'a'>, keyof Own>;

export const LinkAnchor = createLink((props: AsLink<AnchorProps>) => <Anchor component="a" {...props} />);
export const LinkButton = createLink((props: AsLink<ButtonProps>) => <Button component="a" {...props} />);
export const LinkMenuItem = createLink((props: AsLink<MenuItemProps>) => <Menu.Item component="a" {...props} />);
export const LinkNav = createLink((props: AsLink<NavLinkProps>) => <NavLink component="a" {...props} />);
