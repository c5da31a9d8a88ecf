"""By what people are sorted: last name, then first, as a person looks them up, without
case and accents. The database keeps it, the same on every server whatever its locale:
whoever writes a name need not know."""

# At most 200 characters of each: an index takes no longer ones.
KEY = (
    "CASE WHEN {0}.last_name = '' THEN left(tequipy_fold({0}.first_name), 200) "
    "ELSE left(tequipy_fold({0}.last_name), 200) || E'\\t' || "
    "left(tequipy_fold({0}.first_name), 200) END"
)
UP = f"""
CREATE FUNCTION accounts_user_sort_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sort_key := {KEY.format("NEW")};
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_user_sort_key
    BEFORE INSERT OR UPDATE OF first_name, last_name, sort_key ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION accounts_user_sort_key();
"""
DOWN = """
DROP TRIGGER accounts_user_sort_key ON accounts_user;
DROP FUNCTION accounts_user_sort_key();
"""
