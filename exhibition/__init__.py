"""Exhibition: booths, passes, gates and shops of one regional fair.

The packages, top to bottom; each may import only from those below it (import-linter checks this):

- ``factory``      puts the application together
- ``onsite``       one laptop at the venue: ``flask run-venue``, its certificates
- ``demo``         the demo edition, told through the services of all the others
- ``editions``     whole fairs: made from a file or an earlier one, and what follows when days or hours change
- ``reports``      dashboard and exports: reads all, writes nothing
- ``gate``         gates, devices, scans, admission, occupancy
- ``messages``     messages from the desk to visitors and exhibitors; beside ``gate``
- ``takings``      what exhibitors took at the fair
- ``badges``       badges of the exhibitors' staff
- ``visitors``     time slots, registrations, passes, tokens, messages · ``storefront`` shops and listings
- ``allocation``   holds, offers, allocations, waiting list, solver
- ``exhibitors``   exhibitors, clusters, applications, their own desk
- ``venue``        the edition: dates, zones, booths, floor plan, layouts, disinfection rounds
- ``accounts``     users, roles, who may open which address, audit trail
- ``core``         configuration, database, errors, languages, jobs, mails, files, tables, what all pages share

Within a package: ``web`` (pages, JSON calls, forms) and ``cli | jobs`` → use cases (``service``, or named after one) →
``models`` → ``rules``. What each folder is for stands in its ``__init__.py``; the rest in docs/architecture.md.
"""
