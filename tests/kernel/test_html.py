import pytest

from carnet.kernel import html

NO_BREAK = "\u00a0"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello", '<p dir="auto">Hello</p>'),
        ("", ""),
        (" \n \n", ""),
        ("one\ntwo", '<p dir="auto">one<br>two</p>'),
        ("one\n\n \n\ntwo\n", '<p dir="auto">one</p><p dir="auto">two</p>'),
        ("<script>alert('1')</script>", '<p dir="auto">&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;</p>'),
        ('a & b "c" <!-- d', '<p dir="auto">a &amp; b &quot;c&quot; &lt;!-- d</p>'),
        ("javascript:alert(1)", '<p dir="auto">javascript:alert(1)</p>'),
        ("שלום \u202eabc", '<p dir="auto">שלום \u202eabc</p>'),
        ("😀", '<p dir="auto">😀</p>'),
    ],
)
def test_plain_text_is_escaped_whatever_it_holds(text, shown):
    assert html.from_plain(text) == shown


def link(url: str) -> str:
    return f'<a href="{url}" rel="noopener noreferrer nofollow">{url}</a>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://example.org/a?b=1&c=2.", f"see {link('https://example.org/a?b=1&amp;c=2')}."),
        ("(http://example.org)", f"({link('http://example.org')})"),
        ("«https://example.org», «x»", f"«{link('https://example.org')}», «x»"),
        ('https://example.org/"onmouseover=x', f"{link('https://example.org/')}&quot;onmouseover=x"),
        ("https://example.org/<b>", f"{link('https://example.org/')}&lt;b&gt;"),
        ("http://", "http://"),
        ("ftp://example.org", "ftp://example.org"),
    ],
)
def test_links_of_plain_text_pass_nothing_on(text, shown):
    assert html.from_plain(text) == f'<p dir="auto">{shown}</p>'


@pytest.mark.parametrize(
    ("text", "shown", "in_a_mail"),
    [
        ("a  b", '<p dir="auto">a  b</p>', '<p dir="auto">a\u00a0 b</p>'),
        ("  - one\n  - two", '<p dir="auto">  - one<br>  - two</p>',
         '<p dir="auto">\u00a0\u00a0- one<br>\u00a0\u00a0- two</p>'),
        (
            "PID\tUSER\n1\troot",
            '<p class="columns" dir="auto">PID\tUSER<br>1\troot</p>',
            f'<p class="columns" dir="auto">PID{NO_BREAK * 4} USER<br>1{NO_BREAK * 6} root</p>',
        ),
        (
            "PID   USER\n1     root",
            '<p class="columns" dir="auto">PID   USER<br>1     root</p>',
            '<p class="columns" dir="auto">PID\u00a0\u00a0 USER<br>1\u00a0\u00a0\u00a0\u00a0 root</p>',
        ),
        (
            "Look:\n\n\tat https://example.org",
            f'<p dir="auto">Look:</p><p class="columns" dir="auto">\tat {link("https://example.org")}</p>',
            f'<p dir="auto">Look:</p><p class="columns" dir="auto">{NO_BREAK * 8}at {link("https://example.org")}</p>',
        ),
    ],
)  # fmt: skip
def test_case_C3_blanks_and_tabs_stay_as_they_were_typed(text, shown, in_a_mail):
    assert html.from_plain(text) == shown
    assert html.from_plain(text, blanks_written_out=True) == in_a_mail


def test_a_long_text_is_no_burden():
    assert html.from_plain("http://" + "." * 100_000) == f'<p dir="auto">http://{"." * 100_000}</p>'
    assert len(html.from_plain("a\n\n" * 30_000)) == 30_000 * len('<p dir="auto">a</p>')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "# Big\n\n## Title\n\n*a* **b** `c`",
            "Big\n<h2>Title</h2>\n<p><em>a</em> <strong>b</strong> <code>c</code></p>\n",
        ),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        (
            "[x](https://example.org/?a=1&b=2)",
            '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">x</a></p>\n',
        ),
        ("[x](mailto:a@example.org)", '<p><a href="mailto:a@example.org" rel="noopener noreferrer">x</a></p>\n'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](data:text/html,y)", "<p>[x](data:text/html,y)</p>\n"),
        ("[x](vbscript:y)", "<p>[x](vbscript:y)</p>\n"),
        ("![x](https://example.org/spy.png)", "<p></p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ('<b class="x" hx-get="/y">a</b>', '<p>&lt;b class="x" hx-get="/y"&gt;a&lt;/b&gt;</p>\n'),
    ],
)
def test_markdown_becomes_clean_html(text, shown):
    assert html.from_markdown(text) == shown


def test_a_table_is_a_table_without_styles():
    shown = html.from_markdown("| a | b |\n|:-:|---|\n| 1 | 2 |")
    assert shown == (
        "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n"
        "<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"
    )
