package ThuCongVu::Portal::Pages;

# Templates of pages are read once: they change with a deployment only, which starts the portal anew, and to parse one takes a third of
# what a sign-in costs the portal.

use strict;
use warnings;
use HTML::Template;
use Mouse;

extends 'Lemonldap::NG::Portal::Main::Plugin';

my $new = HTML::Template->can('new');

{
    no warnings 'redefine';
    *HTML::Template::new = sub {
        my ( $class, %asked ) = @_;

        # A filter may write something else each time.
        $asked{cache} = 1 if $asked{filename} and !$asked{filter};
        return $new->( $class, %asked );
    };
}

sub init { return 1 }

1;
