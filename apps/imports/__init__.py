"""Files of devices or people: uploaded, understood, planned, applied, undone.

Rooms, each importing only from those below it (import-linter, pyproject.toml):

    pages/     what people see and submit: upload, columns, batch, plan
    api        what programs ask and submit, with bodies and shapes
    shown/     what pages, API and command say alike: columns, questions, plan
    tasks, services   the worker's entries; the verbs that change a batch
    erasure/   what somebody's erasure leaves of files and rows
    run/       what a worker does with a batch, a file each: progress, reading,
               planning, applying, undoing
    targets/   what a row means for the register. Context is what is known while a
               chunk is judged, Outcome what becomes of a row, AssetTarget and
               PersonTarget what their kind does; Choice is what a person says of a
               name that the register lacks
    columns/   which column is which field, and in which format its cells are
    reading/   bytes to rows of text; the only room that opens files
    values/    the text of a cell to a value
    models, events, states

Where to change

    a header of any file     columns/headers.toml
    a header of one tool     columns/tools/: a table a list; then
                             manage.py import_columns
    why a header is left out columns/exporters.py
    what cells say together  columns/cells.py
    a word of a status, category, country, unit      values/words.toml
    how a date or amount is read                     values/dates.py, values/money.py
    a limit of files         reading/limits.py; of requests: deploy/nginx
    what a row of devices does                       targets/assets.py and asset_*.py
    what a row of people does                        targets/people.py
    what an undo leaves, and why                     targets/undo_rules.py
    a question about a column, its answers           shown/questions.py
    what an answer of the API holds                  shapes.py
    a sentence: why a file can't be read             reading/file_texts.py
                why a cell is refused or left out    values/cell_texts.py
                what is wrong with its columns       columns/column_texts.py
                why a row is refused, warned about,
                changed, kept by undoing             targets/row_texts.py
    the short name of a reason in lists              shown/plan.py
"""
