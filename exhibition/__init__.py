"""Exhibition: booths, passes, gates and shops of one regional fair.

The map, top to bottom; each package may import only from those below it (held by import-linter):

- ``factory``      puts the application together
- ``demo``         the demo edition, told through the services of all the others
- ``reports``      dashboard and exports: reads all, writes nothing
- ``gate``         gates, devices, scans, admission, occupancy
- ``badges``       badges of the exhibitors' staff
- ``visitors``     time slots, registrations, passes, tokens, messages · ``storefront`` shops and listings
- ``allocation``   holds, offers, allocations, waiting list, solver
- ``exhibitors``   exhibitors, clusters, applications, their own desk
- ``venue``        the edition: dates, zones, booths, layouts
- ``accounts``     users, roles, who may open which address, audit trail
- ``core``         configuration, database, errors, languages, jobs, mail, QR, clock, security

Within a package: ``views | api | cli | jobs`` → ``service`` → ``models | rules``.
"""
