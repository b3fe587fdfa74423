"""The screens of the page: components and events only, each over one desk."""
