// Before any test file: classes with decorators need the metadata store.

import 'reflect-metadata';
